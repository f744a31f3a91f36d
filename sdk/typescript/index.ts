// Typed client of the Mianqian API. The types come from schema.d.ts, which is generated from
// ../openapi.yaml (`npm run generate:client` in web/) and never edited.
import createFetchClient, { type Client, type Middleware } from 'openapi-fetch';

import type { components, paths } from './schema';

export type { components, operations, paths } from './schema';
export type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];
export type MianqianClient = Client<paths>;

export interface ClientOptions {
  /** Where the server is; empty for the page's own origin. */
  baseUrl?: string;
  /** Language of titles, reasons and other text made for people: "zh" or "en". */
  language?: () => string;
  /** Bearer token; without it the session cookie is used. */
  token?: () => string | undefined;
  fetch?: (request: Request) => Promise<Response>;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

function header_middleware(options: ClientOptions): Middleware {
  return {
    onRequest({ request }) {
      if (options.language) request.headers.set('Accept-Language', options.language());
      const token = options.token?.();
      if (token) request.headers.set('Authorization', `Bearer ${token}`);
      // The server's guard against cross-site requests: other origins cannot set this header.
      if (!SAFE_METHODS.has(request.method)) request.headers.set('X-Requested-With', 'mianqian');
      return request;
    },
  };
}

export function create_client(options: ClientOptions = {}): MianqianClient {
  const client = createFetchClient<paths>({
    baseUrl: options.baseUrl ?? '',
    credentials: 'same-origin',
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
  client.use(header_middleware(options));
  return client;
}

/** A fresh Idempotency-Key; keep it and send it again when the same request is repeated. */
export function new_idempotency_key(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
