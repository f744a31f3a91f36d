// Texts about documents that borrowers and staff read alike.
export const kinds_zh = {
  id_card_front: '身份证人像面',
  id_card_back: '身份证国徽面',
  hand_held: '手持证件照',
  bank_card: '银行卡',
  statement: '银行流水',
  income_proof: '收入证明',
  work_proof: '工作证明',
  asset_proof: '资产证明',
  household_register: '户口簿',
  passport: '护照',
  residence_permit: '居留证件',
};

export const card_fields_zh = {
  name: '姓名',
  sex: '性别',
  nation: '民族',
  birth: '出生日期',
  address: '住址',
  authority: '签发机关',
  valid_from: '有效期起',
  valid_to: '有效期止',
  expiry: '有效期',
};

export const statement_fields_zh = {
  bank: '银行',
  account: '账号',
  period: '起止日期',
};
