// The bank card for the payout, photo first: a card of the wrong kind, a lost connection, a card that is
// looked at twice, the camera on a desktop, the day's limit with typing as the way out, and what staff see.
// The person of MQ_PERSON has not been here before.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import {
  assert_fits,
  BASE_URL,
  both_languages,
  by,
  DESKTOP,
  draw_bank_card,
  draw_card,
  field,
  fill,
  new_sms_code,
  open_browser,
  open_page,
  PHONE,
  read_person,
  see_title,
  send_photo,
  SECOND_STAFF_USER,
  shot,
  sign_in_and_consent,
  sms_codes,
  STAFF_PASSWORD,
  STAFF_USER,
  staff_sign_in,
  steps,
} from './support.mjs';

const CARD = { bank: '中国工商银行', number: '6222020200112233446' };
// No bank of ours has this prefix: the number is one to be looked at, and no bank is named.
const DOUBTFUL = { bank: '远山银行', number: '6239990000112233440' };
const GROUPED = '6222 0202 0011 2233 446';
// The server counts refused files too.
const FILES_PER_DAY = 200;
let person;
let cards;
let phone;
let desktop;
let staff;
let second;
const closing = [];

async function browser_with(options) {
  const { browser, close } = await open_browser(options);
  closing.push(close);
  return browser;
}

before(async () => {
  person = await read_person();
  cards = { ...draw_card(person), bank: draw_bank_card(CARD), doubtful: draw_bank_card(DOUBTFUL) };
  phone = await open_page(await browser_with({ camera: person.selfie_path }), PHONE);
});
after(() => Promise.all(closing.map((close) => close())));

const step = steps(() => phone.page);
const number_input = (page) => field(page, 'card_number-input');

step('verified by the photos of card and face', async () => {
  const { page } = phone;
  await sign_in_and_consent(page, person.phone);
  await send_photo(page, 'card', cards.front);
  await by(page, 'card-confirm').waitFor();
  await fill(page, 'name-input', person.name);
  await by(page, 'card-confirm').click();
  await by(page, 'back-skip').click();
  await see_title(page, /自拍/);
  await by(page, 'shoot').click();
  await by(page, 'use-photo').click();
  await by(page, 'verification-passed').waitFor({ timeout: 60_000, state: 'attached' });
  await by(page, 'verification-continue').click();
  await see_title(page, /想借多少/);
  await by(page, 'quote').waitFor();
  await fill(page, 'amount-input', '32000'); // two of the staff release it
  await page.waitForLoadState('networkidle');
  await by(page, 'amount-next').click();
});

step('the form asks for a photo of the bank card and says so when there is none', async () => {
  const { page } = phone;
  await see_title(page, /您的情况/);
  await fill(page, 'income-input', '12000');
  await fill(page, 'debt-input', '1000');
  await by(page, 'use-education').click();
  assert.equal(await by(page, 'card-input').count(), 0, 'typing is not offered first');
  await by(page, 'apply-submit').click();
  assert.match(await by(page, 'payout-card').innerText(), /请拍摄银行卡/);
  await both_languages(page, 'card-01-form', { full: true });
  await by(page, 'payout-card-photo').click();
  await by(page, 'shoot').waitFor();
  await both_languages(page, 'card-02-photo');
});

step('an ID card is no bank card, and no picture is none at all', async () => {
  const { page } = phone;
  const text = { name: 'text.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') };
  await by(page, 'card-file').setInputFiles(text);
  await page.getByText('无法读取这张照片').waitFor();
  await shot(page, 'card-03-no-picture');
  await send_photo(page, 'card', cards.front);
  await by(page, 'card-retake').waitFor();
  await page.locator('[data-code="card.foreign"]').waitFor();
  const said = await by(page, 'card-retake').innerText();
  assert.match(said, /这不是银行卡[^]*请拍摄银行卡/);
  await both_languages(page, 'card-04-id-card');
  await by(page, 'language').click();
  await page.getByText('This is not a bank card').waitFor();
  await by(page, 'language').click();
  await by(page, 'retake').click();
});

step('a photo without a card twice: typing is offered as plainly', async () => {
  const { page } = phone;
  assert.match(await by(page, 'type-instead').getAttribute('class'), /link/);
  await send_photo(page, 'card', person.selfie_path);
  await page.locator('[data-code="card.no_card"]').waitFor();
  assert.match(await by(page, 'card-retake').innerText(), /没有找到卡号/);
  assert.match(await by(page, 'type-instead').getAttribute('class'), /van-button/);
  await shot(page, 'card-05-no-card');
  await by(page, 'retake').click();
});

step('without a connection the photo stays and is sent again', async () => {
  const { page, context } = phone;
  await context.setOffline(true);
  await send_photo(page, 'card', cards.doubtful);
  await page.getByText('网络连接失败').waitFor();
  await shot(page, 'card-06-offline');
  await context.setOffline(false);
  await by(page, 'retry').click();
});

step('a number that is not sure is to be looked at', async () => {
  const { page } = phone;
  await by(page, 'bank-card-confirm').waitFor();
  await by(page, 'field-card_number').and(page.locator('[data-state=confirm]')).waitFor();
  assert.match(await by(page, 'field-card_number').innerText(), /请核对/);
  assert.equal((await number_input(page).inputValue()).replaceAll(' ', ''), DOUBTFUL.number);
  assert.equal(await by(page, 'field-bank').count(), 0, 'a bank that nobody knows is not asked for');
  await both_languages(page, 'card-07-doubtful', { full: true });
  await number_input(page).fill('6222020200112233447');
  await by(page, 'bank-card-confirm').click();
  await page.getByText('银行卡号有误').waitFor();
  await by(page, 'bank-card-again').click();
});

step('the camera of a desktop, where the borrower goes on', async () => {
  const storageState = await phone.context.storageState();
  const browser = await browser_with({ camera: cards.bank });
  desktop = await open_page(browser, DESKTOP, { storageState });
  const { page } = desktop;
  await page.goto(BASE_URL);
  await by(page, 'quote').waitFor();
  await fill(page, 'amount-input', '10000');
  await page.waitForLoadState('networkidle');
  await by(page, 'amount-next').click();
  await by(page, 'payout-card-photo').click();
  // A number that was read before is not photographed twice.
  await by(page, 'bank-card-again').click();
  await by(page, 'shoot').waitFor();
  await both_languages(page, 'card-08-desktop-photo');
  await by(page, 'shoot').click();
  await by(page, 'use-photo').click();
  await by(page, 'bank-card-confirm').waitFor();
  assert.equal(await number_input(page).inputValue(), GROUPED);
  await page.locator('[data-mark=number]').first().waitFor();
  assert.match(await by(page, 'field-bank').innerText(), /中国工商银行/);
  await both_languages(page, 'card-09-desktop-check', { full: true });
  const saved = page.waitForResponse((response) => response.url().endsWith('/fields'));
  await by(page, 'bank-card-confirm').click();
  const document = await (await saved).json();
  assert.equal(document.fields.number.state, 'confirmed', 'the word of its owner stands with the server');
  assert.equal(document.state, 'read');
  await both_languages(page, 'card-10-desktop-form', { full: true });
  assert.match(await by(page, 'payout-card-chosen').innerText(), /中国工商银行[^]*2233 446/);
});

step('the phone knows the card as well, and keeps nothing of it', async () => {
  const { page } = phone;
  await page.reload();
  await by(page, 'payout-card-chosen').waitFor();
  assert.match(await by(page, 'payout-card-chosen').innerText(), /6222 0202 0011 2233 446/);
  await both_languages(page, 'card-11-form-chosen', { full: true });
  const stored = await page.evaluate(
    () => JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage }),
  );
  assert.ok(!stored.replaceAll(' ', '').includes(CARD.number), 'no card number is stored');
  await by(page, 'account').click();
  await by(page, 'account-documents').click();
  const shown = by(page, 'document-bank_card').first();
  await shown.waitFor();
  assert.match(await shown.innerText(), /银行卡[^]*中国工商银行[^]*尾号 3446/);
  assert.ok(!(await shown.innerText()).includes('6222'), 'the list shows its end only');
  await both_languages(page, 'card-12-documents', { full: true });
  await by(page, 'documents-close').click();
});

step('the day has its limit; the number is typed and checked', async () => {
  const { page } = phone;
  await page.evaluate(async (files) => {
    const headers = { 'Content-Type': 'image/jpeg', 'X-Requested-With': 'mianqian' };
    for (let n = 0; n < files; n += 1) {
      const body = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, n]);
      await fetch('/v1/documents/passport', { method: 'POST', headers, body });
    }
  }, FILES_PER_DAY);
  await by(page, 'payout-card-change').click();
  await by(page, 'bank-card-again').click();
  await send_photo(page, 'card', cards.back);
  await by(page, 'problem').waitFor();
  assert.equal(await by(page, 'problem').getAttribute('data-code'), 'documents.day_limit');
  assert.match(await by(page, 'type-instead').getAttribute('class'), /van-button/);
  await both_languages(page, 'card-13-day-limit');
  await by(page, 'type-instead').click();
  await fill(page, 'card-input', '6222020200112233464');
  await by(page, 'apply-submit').click();
  await page.getByText('银行卡号有误').waitFor();
  await both_languages(page, 'card-14-typed', { full: true });
  await fill(page, 'card-input', CARD.number);
  assert.equal(await field(page, 'card-input').inputValue(), GROUPED);
  await by(page, 'apply-submit').click();
  await by(page, 'decision-approved').waitFor({ state: 'attached' });
});

step('staff see what was read where it stands', async () => {
  staff = await open_page(await browser_with(), DESKTOP);
  const { page } = staff;
  await staff_sign_in(page, STAFF_USER, STAFF_PASSWORD);
  await by(page, 'nav-applications').click();
  await by(page, 'applications').getByTestId('open').first().click();
  const documents = by(page, 'documents').locator('tbody tr').filter({ hasText: '银行卡' });
  await documents.first().getByTestId('open-document').click();
  await by(page, 'point-number').focus();
  await page.locator('polygon.active[data-mark=number]').waitFor();
  const fields = await by(page, 'document-fields').innerText();
  assert.match(fields, /6222 0202 0011 2233 446[^]*本人确认[^]*中国工商银行[^]*有效期[^]*05\/31/);
  await both_languages(page, 'card-15-staff', { full: true });
});

step('signed, it waits for two of the staff, and the page says until when', async () => {
  const { page } = phone;
  await by(page, 'see-costs').click();
  await page.waitForFunction(() => !document.querySelector('[data-testid=confirm-costs]').disabled, null, {
    timeout: 30_000,
  });
  await by(page, 'confirm-costs').click();
  await by(page, 'contract').waitFor();
  const seen = (await sms_codes(person.phone)).length;
  await by(page, 'go-sign').click();
  const { code, text } = await new_sms_code(person.phone, seen);
  assert.match(text, /32000\.00/, 'the message names the act');
  await fill(page, 'code-input', code);
  await by(page, 'step-up-confirm').click();
  await by(page, 'payout-release').waitFor();
  await both_languages(page, 'card-16-waits', { full: true });
});

step('one releases it and cannot be both; another does, and the money comes', async () => {
  const { page } = staff;
  await by(page, 'nav-payouts').click();
  await see_title(page, /放款放行/);
  const row = by(page, 'payouts').locator('tbody tr').filter({ hasText: '32,000.00' });
  await row.getByTestId('refuse').click();
  await by(page, 'refuse-reason').waitFor();
  await shot(page, 'card-17-refuse');
  await page.keyboard.press('Escape');
  await row.getByTestId('release').click();
  await row.getByTestId('may-not').waitFor();
  await both_languages(page, 'card-18-released-once', { full: true });
  await assert_fits(page, 'payouts');
  second = await open_page(await browser_with(), DESKTOP);
  await staff_sign_in(second.page, SECOND_STAFF_USER, STAFF_PASSWORD);
  await by(second.page, 'nav-payouts').click();
  await by(second.page, 'payouts').getByTestId('release').click();
  await by(second.page, 'released').waitFor();
  await shot(second.page, 'card-19-released');
  await by(phone.page, 'loan').waitFor({ timeout: 60_000 });
  assert.equal(await by(phone.page, 'outstanding').innerText(), '¥32,000.00');
});

step('the pages did nothing they must not', async () => {
  await assert_fits(desktop.page, 'the desktop');
  assert.deepEqual([phone, desktop, staff, second].flatMap(({ faults }) => faults), []);
});
