// A card that is photographed to be read: the last photo, what was read of it, and sending another one.
import { onScopeDispose, ref, type ShallowRef, shallowRef, watch } from 'vue';

import { language } from '../shared/language';
import { use_task } from '../shared/task';
import {
  type Document,
  type DocumentKind,
  get_document,
  hand_in,
  list_documents,
} from './documents';

/** Whether something was read that its owner can look over. */
export function is_read(document: Document | null): document is Document {
  return document !== null && ['read', 'confirm'].includes(document.state);
}

/** The server's sentences come in the page's language; without them the old ones stay. */
export function follow_language(document: ShallowRef<Document | null>) {
  const rereading = use_task(async () => {
    const id = document.value?.document_id;
    const now = id && (await get_document(id));
    if (now && now.document_id === document.value?.document_id) document.value = now;
  });
  watch(language, () => void rereading.run());
}

/** The newest document of that kind of which something is known. */
export async function find_card(kind: DocumentKind): Promise<Document | undefined> {
  const known = (one: Document) => one.state === 'stored' || is_read(one);
  return (await list_documents()).find((one) => one.kind === kind && known(one));
}

export function use_card_photo(kind: DocumentKind, known: Document | null = null) {
  const document = shallowRef(known);
  // The photo stays in memory: a reload goes on with what was read, without the picture.
  const picture = ref('');

  function forget_picture() {
    URL.revokeObjectURL(picture.value);
    picture.value = '';
  }
  onScopeDispose(forget_picture);
  follow_language(document);

  const sending = use_task(async (photo: Blob) => {
    const now = await hand_in(kind, photo);
    forget_picture();
    picture.value = URL.createObjectURL(photo);
    document.value = now;
  });

  function again() {
    document.value = null;
    sending.problem.value = null;
    forget_picture();
  }
  return { document, picture, sending, again };
}
