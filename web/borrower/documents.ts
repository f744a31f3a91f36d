// Documents that are handed in: the calls, and what the page knows about their kinds.
import { api, ask, local_problem, type Schemas } from '../shared/api';

export type Document = Schemas['Document'];
export type DocumentKind = Schemas['DocumentKind'];
export type DocumentField = Schemas['DocumentField'];

/** In the order in which they are offered; `several`: of several pages, and also as a PDF. */
export const HANDED_IN = [
  { kind: 'statement', several: true, group: 'income' },
  { kind: 'income_proof', several: true, group: 'income' },
  { kind: 'work_proof', several: true, group: 'income' },
  { kind: 'asset_proof', several: true, group: 'income' },
  { kind: 'id_card_back', several: false, group: 'manual' },
  { kind: 'hand_held', several: false, group: 'manual' },
  { kind: 'household_register', several: true, group: 'manual' },
  { kind: 'passport', several: false, group: 'manual' },
  { kind: 'residence_permit', several: false, group: 'manual' },
] as const satisfies { kind: DocumentKind; several: boolean; group: 'income' | 'manual' }[];

export const MAX_PAGES = 50;
const MAX_PDF_BYTES = 20 * 1024 * 1024;

function raw(file: Blob) {
  return {
    body: file,
    bodySerializer: (body: unknown) => body as Blob,
    headers: { 'Content-Type': file.type },
  };
}

export function hand_in(kind: DocumentKind, file: Blob): Promise<Document> {
  return ask(api.POST('/v1/documents/{kind}', { params: { path: { kind } }, ...raw(file) }));
}

/** The bytes decide what a file is; some phones give a PDF no type. */
export function hand_in_pdf(kind: DocumentKind, file: File): Promise<Document> {
  if (file.size > MAX_PDF_BYTES) throw local_problem('file.too_large');
  return hand_in(kind, new Blob([file], { type: 'application/pdf' }));
}

export function add_page(document_id: string, photo: Blob): Promise<Document> {
  return ask(
    api.POST('/v1/documents/{document_id}/pages', {
      params: { path: { document_id } },
      ...raw(photo),
    }),
  );
}

export function complete(document_id: string): Promise<Document> {
  return ask(
    api.POST('/v1/documents/{document_id}/complete', { params: { path: { document_id } } }),
  );
}

export function confirm_fields(
  document_id: string,
  fields: { name: string; text: string }[],
): Promise<Document> {
  return ask(
    api.PUT('/v1/documents/{document_id}/fields', {
      params: { path: { document_id } },
      body: { fields },
    }),
  );
}

export function get_document(document_id: string): Promise<Document> {
  return ask(api.GET('/v1/documents/{document_id}', { params: { path: { document_id } } }));
}

export async function list_documents(): Promise<Document[]> {
  return (await ask(api.GET('/v1/documents'))).items;
}
