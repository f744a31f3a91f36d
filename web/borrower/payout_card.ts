// The bank card that an application names. In memory only, never in the browser's storage.
import { is_card_number } from '../shared/card_number';
import type { Document } from './documents';

export interface PayoutCard {
  from: 'nothing' | 'typing' | 'photo';
  number: string;
  bank: string; // as read or corrected; empty where nobody knows
}

export const NO_CARD: PayoutCard = { from: 'nothing', number: '', bank: '' };

/** The card of a photo that its owner has looked over already. */
export function confirmed_card(document: Document): PayoutCard | undefined {
  const number = document.fields['number']?.text ?? '';
  if (!document.confirmed_at || !is_card_number(number)) return undefined;
  return { from: 'photo', number, bank: document.fields['bank']?.text ?? '' };
}
