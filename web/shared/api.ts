// One client for the page, answers as values, problems as ProblemError.
import { create_client, new_idempotency_key, type Problem } from '@mianqian/client';

import { language } from './language';

export type { Problem, Schemas } from '@mianqian/client';

export const api = create_client({ language: () => language.value });

/** What the person sees when a request did not give what was asked for. */
export class ProblemError extends Error {
  constructor(
    readonly problem: Problem,
    readonly retry_after_s = 1,
  ) {
    super(problem.code);
  }
}

const LOCAL_TEXTS = {
  'network.unreachable': {
    zh: ['网络连接失败', '已填写的内容都还在。请检查网络后重试。'],
    en: ['No connection', 'What you entered is still here. Check the network and try again.'],
  },
  'network.bad_answer': {
    zh: ['服务器暂时无法正常应答', '请稍后重试。'],
    en: ['The server did not answer properly', 'Please try again shortly.'],
  },
  'photo.unreadable': {
    zh: ['无法读取这张照片', '请换一张 JPEG 或 PNG 格式的照片，或直接拍摄。'],
    en: ['This photo cannot be read', 'Choose a JPEG or PNG photo, or take one with the camera.'],
  },
  'file.too_large': {
    zh: ['文件太大', '请选择 20 MB 以内的 PDF，缩短时间范围后重新下载即可。'],
    en: ['This file is too large', 'Choose a PDF of at most 20 MB; a shorter period makes it smaller.'],
  },
} as const;

/** A problem that the page found itself, in the same shape as those of the server. */
export function local_problem(code: keyof typeof LOCAL_TEXTS, status = 0): ProblemError {
  const [title, next] = LOCAL_TEXTS[code][language.value];
  return new ProblemError({
    type: `urn:mianqian:problem:${code}`,
    title,
    status,
    code,
    next,
    trace_id: '',
    retryable: true,
  });
}

let on_signed_out: (() => void) | undefined;
/** Called when the server says that the session is over. */
export function when_signed_out(handler: () => void) {
  on_signed_out = handler;
}

let on_conflict: (() => void) | undefined;
/** Called when the server's state was not the one the page believed in: another phone may have gone on. */
export function when_out_of_step(handler: () => void) {
  on_conflict = handler;
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

function is_problem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'title' in value;
}

/** The answer's data; throws ProblemError for everything else. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch {
    throw local_problem('network.unreachable');
  }
  const { data, error, response } = answer;
  if (response.ok) return data as T;
  if (!is_problem(error)) throw local_problem('network.bad_answer', response.status);
  if (error.code === 'auth.no_session') on_signed_out?.();
  if (response.status === 409) on_conflict?.();
  throw new ProblemError(error, Number(response.headers.get('Retry-After') ?? 1));
}

const open_keys = new Map<string, string>();

/**
 * A request that must happen once. While its outcome is open (no connection, busy, still at work) a
 * repeat with the same content carries the same key; after any definite answer the next one is new.
 */
export async function once<T>(
  action: string,
  content: unknown,
  call: (key: string) => Promise<Answer<T>>,
): Promise<T> {
  const name = `${action} ${JSON.stringify(content)}`;
  const key = open_keys.get(name) ?? new_idempotency_key();
  open_keys.set(name, key);
  try {
    const data = await ask(call(key));
    open_keys.delete(name);
    return data;
  } catch (error) {
    const definite = error instanceof ProblemError && !error.problem.retryable;
    if (definite) open_keys.delete(name);
    throw error;
  }
}
