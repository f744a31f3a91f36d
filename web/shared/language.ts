// The language of the page and of everything the server says: zh unless the person chose en.
import { ref, watchEffect } from 'vue';

export type Language = 'zh' | 'en';

const STORAGE_KEY = 'mq-language';

function first_language(): Language {
  const asked =
    new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(STORAGE_KEY);
  return asked === 'en' ? 'en' : 'zh';
}

export const language = ref<Language>(first_language());

watchEffect(() => {
  localStorage.setItem(STORAGE_KEY, language.value);
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
});

export function toggle_language() {
  language.value = language.value === 'zh' ? 'en' : 'zh';
}
