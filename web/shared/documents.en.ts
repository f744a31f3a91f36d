// Texts about documents that borrowers and staff read alike.
import type { card_fields_zh, kinds_zh, statement_fields_zh } from './documents.zh';

export const kinds_en: typeof kinds_zh = {
  id_card_front: 'ID card, front',
  id_card_back: 'ID card, back',
  hand_held: 'Photo with card in hand',
  bank_card: 'Bank card',
  statement: 'Bank statement',
  income_proof: 'Proof of income',
  work_proof: 'Proof of work',
  asset_proof: 'Proof of assets',
  household_register: 'Household register',
  passport: 'Passport',
  residence_permit: 'Residence permit',
};

export const card_fields_en: typeof card_fields_zh = {
  name: 'Name',
  sex: 'Sex',
  nation: 'Ethnicity',
  birth: 'Date of birth',
  address: 'Address',
  authority: 'Issued by',
  valid_from: 'Valid from',
  valid_to: 'Valid until',
  expiry: 'Valid thru',
};

export const statement_fields_en: typeof statement_fields_zh = {
  bank: 'Bank',
  account: 'Account',
  period: 'Period',
};
