// Somebody the authority does not know: the verification waits for a person, staff look at the photos and
// decide, and the borrower's page goes on by itself. Needs what borrower.mjs and console.mjs need; the
// person of MQ_PERSON lends the photos, name and number are made up.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before } from 'node:test';

import {
  by,
  DESKTOP,
  draw_card,
  field,
  fill,
  MADE_UP_ID_NUMBERS,
  open_browser,
  open_page,
  PHONE,
  read_person,
  see_title,
  send_photo,
  shot,
  sign_in_and_consent,
  STAFF_PASSWORD,
  STAFF_USER,
  staff_sign_in,
  statement_pdf,
  steps,
} from './support.mjs';

// What the card says; its holder says otherwise.
const NAME_ON_CARD = '李木之';
let person;
let drawn;
let pdf;
let close;
let borrower;
let staff;

before(async () => {
  const known = await read_person();
  person = {
    ...known,
    name: '李未知',
    id_number: MADE_UP_ID_NUMBERS[0],
    phone: `139${randomInt(10_000_000, 100_000_000)}`,
  };
  let browser;
  ({ browser, close } = await open_browser({ camera: person.selfie_path }));
  pdf = await statement_pdf(browser, person.name);
  borrower = await open_page(browser, PHONE);
  staff = await open_page(browser, DESKTOP);
});
after(() => close?.());

const step = steps(() => borrower.page);

step('the card in hand is read before anything else, after a photo without one', async () => {
  const { page } = borrower;
  drawn = draw_card({ ...person, name: NAME_ON_CARD });
  await sign_in_and_consent(page, person.phone);
  await by(page, 'account').click();
  await by(page, 'account-documents').click();
  await by(page, 'hand-in-hand_held').click();
  await send_photo(page, 'held', person.selfie_path);
  const problem = page.locator('[data-code="held.no_card"]');
  await problem.waitFor({ timeout: 60_000 });
  assert.match(await problem.innerText(), /没有找到身份证[^]*手持身份证/, 'what is wrong, what to do');
  await shot(page, 'review-00-held-retake');
  await by(page, 'retake').click();
  await send_photo(page, 'held', drawn.held);
  await page.locator('[data-check="held.person_matches"]').waitFor({ timeout: 60_000 });
  assert.equal(await field(page, 'number-input').inputValue(), person.id_number);
  assert.doesNotMatch(await page.locator('main').innerText(), /0\.\d/, 'no score');
  await shot(page, 'review-00-held-check', { full: true });
  await by(page, 'held-confirm').click();
  await by(page, 'document-hand_held').and(page.locator('[data-state=read]')).waitFor();
  await by(page, 'documents-close').click();
});

step('the card is read, its holder corrects the name and skips the back', async () => {
  const { page } = borrower;
  await see_title(page, /人像面/);
  await send_photo(page, 'card', drawn.front);
  await by(page, 'card-confirm').waitFor();
  await fill(page, 'name-input', person.name);
  await by(page, 'card-confirm').click();
  await by(page, 'back-skip').click();
  await see_title(page, /自拍/);
  await by(page, 'shoot').click();
  await by(page, 'use-photo').click();
});

step('the borrower is told that a person looks at it', async () => {
  await by(borrower.page, 'verification-review').waitFor({ timeout: 60_000, state: 'attached' });
  await see_title(borrower.page, /人工审核/);
  await shot(borrower.page, 'review-01-borrower-waits');
});

step('meanwhile a statement as a PDF and a proof of work page by page', async () => {
  const { page } = borrower;
  await by(page, 'open-documents').click();
  await by(page, 'hand-in-statement').click();
  await by(page, 'pdf-file').setInputFiles(pdf);
  const statement = by(page, 'document-statement');
  await statement.and(page.locator('[data-state=read]')).waitFor({ timeout: 60_000 });
  const said = /华光银行[^]*2026年3月1日 至\s*2026年6月30日[^]*共 4 个月/;
  assert.match(await statement.innerText(), said);
  assert.doesNotMatch(await statement.innerText(), /12,?000/, 'no figure is shown to the borrower');
  await by(page, 'hand-in-work_proof').click();
  await by(page, 'take-photos').click();
  for (const [index, file] of [person.selfie_path, person.card_path].entries()) {
    await send_photo(page, 'paper', file);
    const count = by(page, 'page-count').filter({ hasText: `${index + 1} 页` });
    await count.waitFor({ state: 'attached' });
  }
  await shot(page, 'review-02-pages');
  await by(page, 'all-pages').click();
  await by(page, 'document-work_proof').and(page.locator('[data-state=stored]')).waitFor();
  await shot(page, 'review-03-documents', { full: true });
  await by(page, 'documents-close').click();
  await by(page, 'verification-review').waitFor({ state: 'attached' });
});

step('staff see what was read of the card and of the statement, where it stands', async () => {
  const { page } = staff;
  await staff_sign_in(page, STAFF_USER, STAFF_PASSWORD);
  await by(page, 'reviews').getByTestId('open').first().click();
  const documents = by(page, 'documents').locator('tbody tr');
  await documents.nth(2).waitFor();
  await page.locator('[data-typed=name]').waitFor();
  await shot(page, 'review-04-staff-documents', { full: true });
  await documents.filter({ hasText: '身份证人像面' }).getByTestId('open-document').click();
  await by(page, 'not-scanned').waitFor();
  await by(page, 'point-number').focus();
  await page.locator('polygon.active[data-mark=number]').waitFor();
  const name = by(page, 'document-fields').locator('tr').filter({ hasText: '姓名' });
  const both = new RegExp(`${NAME_ON_CARD}[^]*${person.name}`);
  assert.match(await name.innerText(), both, 'read and typed');
  await name.locator('[data-state=field_corrected]').waitFor();
  await shot(page, 'review-05-staff-card', { full: true });
  await page.goBack();
  await documents.filter({ hasText: /手持证件照[^]*本次核验所用/ }).getByTestId('open-document').click();
  await page.locator('[data-check="held.person_matches"]').waitFor();
  await by(page, 'point-number').focus();
  await page.locator('polygon.active[data-mark=number]').waitFor();
  await shot(page, 'review-05-staff-held', { full: true });
  await page.goBack();
  await documents.filter({ hasText: '银行流水' }).getByTestId('open-document').click();
  await by(page, 'statement').waitFor();
  assert.equal(await by(page, 'statement-rows').locator('tbody tr').count(), pdf.rows);
  assert.match(await by(page, 'salaries').innerText(), /远山物流有限公司[^]*12,000\.00/);
  await by(page, 'salaries').getByTestId('row-link').first().click();
  await page.locator('polygon.active').waitFor();
  await shot(page, 'review-06-staff-statement', { full: true });
  await by(page, 'language').click();
  await page.waitForTimeout(400);
  await shot(page, 'review-06-staff-statement-en', { full: true });
  await by(page, 'language').click();
});

step('staff see the evidence and decide with a reason', async () => {
  const { page } = staff;
  await by(page, 'nav-reviews').click();
  await by(page, 'reviews').getByTestId('open').first().click();
  await by(page, 'facts').waitFor();
  assert.match(await by(page, 'facts').innerText(), /0\.\d{4}/, 'staff see the similarity');
  for (const pair of ['person_portrait', 'live_person', 'live_portrait']) {
    await page.locator(`[data-pair=${pair}][data-result=alike]`).waitFor();
  }
  assert.match(await by(page, 'held-number').innerText(), /与核验号码一致/);
  for (const kind of ['card', 'selfie']) await by(page, `photo-${kind}`).locator('img').waitFor();
  assert.ok(!(await page.content()).includes(person.id_number), 'the number is masked');
  assert.equal(await by(page, 'decide-submit').isDisabled(), true, 'nothing is decided beforehand');
  await by(page, 'outcome-pass').click();
  await fill(page, 'reason', '证件与自拍为同一人，已电话核实');
  await shot(page, 'review-07-staff', { full: true });
  await by(page, 'decide-submit').click();
  await page.waitForFunction(
    () => document.querySelector('[data-testid=verification-state]')?.dataset.state === 'passed',
  );
  await shot(page, 'review-08-decided');
});

step('the borrower goes on without touching anything', async () => {
  await by(borrower.page, 'verification-passed').waitFor({ state: 'attached' });
  await by(borrower.page, 'verification-continue').click();
  await see_title(borrower.page, /想借多少/);
});

step('the pages did nothing they must not', () => {
  assert.deepEqual([...borrower.faults, ...staff.faults], []);
});
