import { watch } from 'vue';
import { createI18n } from 'vue-i18n';

import { language } from '../shared/language';
import { en } from './messages.en';
import { zh } from './messages.zh';

export const i18n = createI18n({
  legacy: false,
  locale: language.value,
  fallbackLocale: 'zh',
  messages: { zh, en },
});

watch(
  language,
  (now) => {
    i18n.global.locale.value = now;
    document.title = i18n.global.t('brand');
  },
  { immediate: true },
);
