// A notice in the page's language, and the answer to it.
import { shallowRef, watch } from 'vue';

import { api, ask, once, type Schemas } from '../shared/api';
import { language } from '../shared/language';
import { use_task } from '../shared/task';
import { refresh } from './session';

type Purpose = Schemas['Purpose'];

export async function record_consent(notice: Schemas['Notice'], granted: boolean): Promise<void> {
  const body = { purpose: notice.purpose, version: notice.version, sha256: notice.sha256, granted };
  await once('consent', body, (key) =>
    api.POST('/v1/consents', { body, params: { header: { 'Idempotency-Key': key } } }),
  );
}

export function read_notice(purpose: Purpose): Promise<Schemas['Notice']> {
  return ask(api.GET('/v1/notices/{purpose}', { params: { path: { purpose } } }));
}

export function use_notice(purpose: Purpose) {
  const notice = shallowRef<Schemas['Notice'] | null>(null);
  const loading = use_task(async () => {
    notice.value = await read_notice(purpose);
  });
  const answering = use_task(async (granted: boolean) => {
    if (!notice.value) return;
    await record_consent(notice.value, granted);
    await refresh();
  });
  watch(language, () => void loading.run(), { immediate: true });
  return { notice, loading, answering };
}
