// The fields of cards: which are shown, what may stand in them, which are always looked at.
import { card_digits, is_card_number } from '../shared/card_number';
import { is_id_number, normal_id_number } from '../shared/id_number';
import type { Document } from './documents';

const FRONT = ['name', 'number', 'sex', 'nation', 'birth', 'address'] as const;
const SHOWN: Partial<Record<Document['kind'], readonly string[]>> = {
  id_card_front: FRONT,
  hand_held: FRONT,
  id_card_back: ['authority', 'valid_from', 'valid_to'],
  bank_card: ['number', 'bank', 'expiry'],
};
// Everything later depends on them.
const MUST: Partial<Record<Document['kind'], readonly string[]>> = {
  id_card_front: ['name', 'number'],
  hand_held: ['name', 'number'],
  bank_card: ['number'],
};

const DATE = /^\d{4}-\d{2}-\d{2}$/;
// A keyboard of digits may lack the marks between them.
const date = (text: string) => text.trim().replace(/^(\d{4})\D?(\d{2})\D?(\d{2})$/, '$1-$2-$3');
const month = (text: string) => text.trim().replace(/^(\d{2})\D?(\d{2})$/, '$1/$2');

interface Rule {
  fits: (text: string) => boolean;
  normal?: (text: string) => string;
  wrong?: string;
}
const RULES: Record<string, Rule> = {
  number: { fits: is_id_number, normal: normal_id_number },
  card_number: { fits: is_card_number, normal: card_digits },
  birth: { fits: (text) => DATE.test(text), normal: date },
  valid_from: { fits: (text) => DATE.test(text), normal: date, wrong: 'date_wrong' },
  valid_to: { fits: (text) => DATE.test(text) || text === '长期', normal: date, wrong: 'date_wrong' },
  expiry: { fits: (text) => /^(0[1-9]|1[0-2])\/\d{2}$/.test(text), normal: month },
};

export interface CardField {
  name: string; // the server's
  key: string; // of its text: the numbers of two kinds of card have only their name in common
  must: boolean;
  checks: string; // what findings about it are about: a validity is two fields and one finding
}

/** Those that the card shows, and those that are wanted all the same. */
export function fields_of(document: Document): CardField[] {
  const must = MUST[document.kind] ?? [];
  return (SHOWN[document.kind] ?? [])
    .filter((name) => must.includes(name) || name in document.fields)
    .map((name) => ({
      name,
      key: document.kind === 'bank_card' && name === 'number' ? 'card_number' : name,
      must: must.includes(name),
      checks: name.startsWith('valid_') ? 'validity' : name,
    }));
}

export function normal(field: CardField, text: string): string {
  return RULES[field.key]?.normal?.(text) ?? text.trim();
}

/** Of a text that is normal. */
export function fits(field: CardField, text: string): boolean {
  if (!text) return !field.must;
  return RULES[field.key]?.fits(text) ?? true;
}

/** The key of the text that says what should stand there. */
export function wrong(field: CardField): string {
  return `verify.${RULES[field.key]?.wrong ?? `${field.key}_wrong`}`;
}
