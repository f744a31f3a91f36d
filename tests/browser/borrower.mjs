// The whole path of a borrower on a phone screen, from the number to the paid instalment and the proofs,
// with the refusals, reloads and lost connections on the way.
//
// MQ_BASE_URL, MQ_SANDBOX_URL: the running server and its sandbox. MQ_PERSON: a person the sandbox knows
// and who has not been here before. MQ_SHOTS: where screenshots go.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before } from 'node:test';

import {
  assert_fits,
  BASE_URL,
  both_languages as in_both_languages,
  by,
  draw_card,
  field,
  fill,
  locked_pdf,
  new_sms_code,
  open_browser,
  open_page,
  PHONE,
  read_person,
  see_title,
  send_photo,
  shot,
  SHOTS,
  sms_codes,
  steps,
  wrong_code,
} from './support.mjs';

const PAYOUT_CARD = process.env.MQ_PAYOUT_CARD ?? '6222020200112233446';
let person;
let card;
let browser;
let close;
let page;
let context;
let faults;
const verification_answers = [];

before(async () => {
  person = await read_person();
  card = draw_card(person);
  ({ browser, close } = await open_browser({ camera: person.selfie_path }));
  ({ page, context, faults } = await open_page(browser, PHONE));
  page.on('response', async (response) => {
    if (!response.url().includes('/v1/verifications')) return;
    verification_answers.push(await response.text().catch(() => ''));
  });
});
after(() => close?.());

const step = steps(() => page);

const both_languages = (name, options) => in_both_languages(page, name, options);

step('phone number', async () => {
  await page.goto(BASE_URL);
  await see_title(page, /手机号/);
  assert.match(await by(page, 'demo-banner').innerText(), /演示环境/);
  await both_languages('01-phone');
  await fill(page, 'phone-input', '12345');
  await by(page, 'send-code').click();
  await page.getByText('请输入 11 位手机号').waitFor();
  await fill(page, 'phone-input', person.phone);
  const seen = (await sms_codes(person.phone)).length;
  await by(page, 'send-code').click();
  await see_title(page, /验证码/);
  await by(page, 'sandbox-hint').waitFor();
  await both_languages('02-code');
  const { code } = await new_sms_code(person.phone, seen);
  await fill(page, 'code-input', wrong_code(code));
  await by(page, 'sign-in').click();
  await by(page, 'problem').waitFor();
  await shot(page, '02-code-wrong');
  await page.reload();
  await see_title(page, /验证码/);
  await fill(page, 'code-input', code);
  await by(page, 'sign-in').click();
});

step('terms', async () => {
  await page.setViewportSize({ ...PHONE, height: 640 });
  await page.reload();
  await by(page, 'notice-body').waitFor();
  assert.equal(await by(page, 'terms-accept').isDisabled(), true, 'not before the end was read');
  await page.setViewportSize(PHONE);
  await both_languages('03-terms');
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.waitForFunction(() => !document.querySelector('[data-testid=terms-accept]').disabled);
  await by(page, 'terms-accept').click();
});

step('face consent: refused, another way shown, reconsidered, given', async () => {
  await see_title(page, /人脸/);
  await by(page, 'notice-body').waitFor();
  assert.match(await by(page, 'alternatives').innerText(), /人工|网点/);
  const [refuse, agree] = await Promise.all(
    ['consent-refuse', 'consent-agree'].map((id) => by(page, id).boundingBox()),
  );
  assert.ok(
    Math.abs(refuse.width - agree.width) < 1 && Math.abs(refuse.height - agree.height) < 1,
    'equal buttons',
  );
  assert.equal(
    await page.locator('input[type=checkbox]').count(),
    0,
    'nothing is ticked beforehand',
  );
  await both_languages('04-face-consent', { full: true });
  await by(page, 'consent-refuse').click();
  await by(page, 'alternative-route').waitFor();
  await both_languages('05-alternative-route');
  await page.reload();
  await by(page, 'alternative-route').waitFor();
  await by(page, 'reconsider').click();
  await see_title(page, /人脸/);
  await by(page, 'consent-agree').click();
});

step('authority consent on its own screen, recipient named', async () => {
  await see_title(page, /权威/);
  assert.ok((await by(page, 'recipient').innerText()).trim().length > 3, 'the recipient is named');
  await both_languages('06-authority-consent', { full: true });
  await by(page, 'consent-agree').click();
});

step('a photo that shows no card twice; typing is the way out', async () => {
  await see_title(page, /身份证人像面/);
  await by(page, 'shoot').waitFor();
  await both_languages('07-card');
  const broken_file = path.join(SHOTS, 'not-a-photo.jpg');
  await writeFile(broken_file, 'this is no picture');
  await by(page, 'card-file').setInputFiles(broken_file);
  await page.getByText('无法读取这张照片').waitFor();
  for (let photo = 1; photo <= 2; photo += 1) {
    await by(page, 'card-file').setInputFiles(person.card_path);
    await by(page, 'photo-preview').waitFor();
    await by(page, 'use-photo').click();
    await by(page, 'card-retake').waitFor();
    assert.match(await by(page, 'card-retake').innerText(), /请/, 'what to do is said');
    if (photo === 1) await by(page, 'retake').click();
  }
  await both_languages('08-card-retake');
  await by(page, 'type-instead').click();
  const wrong = person.id_number.slice(0, 17) + (person.id_number.endsWith('1') ? '2' : '1');
  await fill(page, 'name-input', person.name);
  await fill(page, 'id-number-input', wrong);
  await page.getByText('身份证号有误').waitFor();
  await both_languages('09-typed');
  await by(page, 'photo-instead').click();
});

step('what was read of the card is looked over', async () => {
  await send_photo(page, 'card', card.front);
  await by(page, 'card-confirm').waitFor();
  assert.equal(await field(page, 'name-input').inputValue(), person.name, 'the name is read');
  const number = field(page, 'number-input');
  assert.equal(await number.inputValue(), person.id_number, 'so is the number');
  await page.locator('[data-mark=number]').first().waitFor();
  await both_languages('10-card-check', { full: true });
  await page.reload();
  await by(page, 'card-confirm').waitFor();
  assert.equal(await number.inputValue(), person.id_number, 'a reload resumes');
  assert.equal(await by(page, 'placed-picture').count(), 0, 'the photo was in memory only');
  await fill(page, 'number-input', person.id_number.slice(0, 17));
  await by(page, 'card-confirm').click();
  await page.getByText('身份证号有误').waitFor();
  await fill(page, 'number-input', person.id_number);
  await context.setOffline(true);
  await by(page, 'card-confirm').click();
  await page.getByText('网络连接失败').waitFor();
  await shot(page, '11-card-offline');
  await context.setOffline(false);
  await by(page, 'retry').click();
});

step('the back of the card is asked for with a reason', async () => {
  await see_title(page, /国徽面/);
  await by(page, 'back-skip').waitFor();
  await both_languages('12-card-back');
  await send_photo(page, 'card', card.back);
  await by(page, 'back-confirm').waitFor();
  await both_languages('13-card-back-check');
  await by(page, 'back-confirm').click();
});

step('selfie by camera; a reload resumes there', async () => {
  await see_title(page, /自拍/);
  await page.reload();
  await see_title(page, /自拍/);
  await by(page, 'shoot').waitFor();
  assert.equal(await by(page, 'upload').count(), 0, 'with a camera there is no upload');
  await page.waitForTimeout(1500);
  await both_languages('14-selfie');
  await by(page, 'shoot').click();
  await by(page, 'photo-preview').waitFor();
  await shot(page, '15-selfie-preview');
  await by(page, 'use-photo').click();
});

step('verification', async () => {
  await by(page, 'processing').or(by(page, 'verification-passed')).first().waitFor();
  await shot(page, '16-processing');
  await by(page, 'verification-passed').waitFor({ timeout: 60_000, state: 'attached' });
  await see_title(page, /核验通过/);
  await both_languages('17-verified');
  for (const answer of verification_answers)
    assert.doesNotMatch(answer, /similarity|"score"/, 'no score reaches the borrower');
  await by(page, 'verification-continue').click();
  await see_title(page, /想借多少/);
});

step('documents: a locked PDF is refused with what to do, and the way leads back', async () => {
  await by(page, 'open-documents').click();
  await by(page, 'documents').waitFor();
  await by(page, 'document-id_card_back').waitFor();
  assert.equal(await by(page, 'document-id_card_front').count(), 1, 'of the fronts only the one');
  await both_languages('20-documents', { full: true });
  await by(page, 'hand-in-statement').click();
  await by(page, 'pdf-file').setInputFiles(locked_pdf());
  await by(page, 'problem').waitFor();
  assert.equal(await by(page, 'problem').getAttribute('data-code'), 'vision.pdf_encrypted');
  await shot(page, '20-documents-locked');
  await by(page, 'hand-in-back').click();
  await by(page, 'documents-close').click();
});

step('amount, term and live quote', async () => {
  await by(page, 'quote').waitFor();
  await by(page, 'product-easy-12').click();
  await fill(page, 'amount-input', '10050');
  await page.getByText('整数倍').first().waitFor();
  assert.equal(await by(page, 'amount-next').isDisabled(), true);
  await fill(page, 'amount-input', '10000');
  await by(page, 'term-12').click();
  await page.getByText('¥10,394.28').first().waitFor();
  const cost = await by(page, 'annual-cost').innerText();
  assert.match(cost, /7\.20%\s*单利/);
  assert.match(cost, /7\.44%\s*复利/);
  await both_languages('18-amount', { full: true });
  await by(page, 'toggle-schedule').click();
  assert.equal(await by(page, 'schedule').locator('tbody tr').count(), 12);
  await shot(page, '19-amount-schedule', { full: true });
  await by(page, 'amount-next').click();
});

step('form; a reload keeps what may be kept', async () => {
  await see_title(page, /您的情况/);
  await fill(page, 'income-input', '12000');
  await fill(page, 'debt-input', '1000');
  await by(page, 'use-renovation').click();
  await page.reload();
  await see_title(page, /您的情况/);
  assert.equal(await field(page, 'income-input').inputValue(), '12000');
  await by(page, 'payout-card-type').click();
  await fill(page, 'card-input', PAYOUT_CARD);
  await both_languages('21-form', { full: true });
  const stored = await page.evaluate(
    () => JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage }),
  );
  assert.ok(
    !stored.includes(person.id_number) && !stored.replaceAll(' ', '').includes(PAYOUT_CARD),
    'no identity or card number is stored',
  );
  await by(page, 'apply-submit').click();
});

step('decision with reasons', async () => {
  await by(page, 'decision-approved').waitFor({ state: 'attached' });
  await by(page, 'decision-reasons').waitFor();
  await both_languages('22-decision');
});

step('total-cost sheet: minimum reading time, then confirmed', async () => {
  await by(page, 'see-costs').click();
  await by(page, 'cost-sheet').waitFor();
  assert.equal(
    await by(page, 'confirm-costs').isDisabled(),
    true,
    'not before the minimum reading time',
  );
  assert.match(await by(page, 'cost-sheet').innerText(), /10,394\.28/);
  await shot(page, '23-costs-waiting');
  await page.waitForFunction(
    () => !document.querySelector('[data-testid=confirm-costs]').disabled,
    null,
    { timeout: 30_000 },
  );
  await shot(page, '24-costs-ready');
  await by(page, 'confirm-costs').click();
});

step('a new device may look, and sign once it is confirmed here', async () => {
  const { page: fresh, context: other, faults: theirs } = await open_page(browser, PHONE);
  await fresh.goto(BASE_URL);
  await fill(fresh, 'phone-input', person.phone);
  let seen = (await sms_codes(person.phone)).length;
  await by(fresh, 'send-code').click();
  await fill(fresh, 'code-input', (await new_sms_code(person.phone, seen)).code);
  await by(fresh, 'sign-in').click();
  await by(fresh, 'go-sign').click();
  await fresh.locator('[data-code="auth.device_on_hold"]').waitFor();
  await by(fresh, 'held-until').waitFor();
  await shot(fresh, '24a-device-held');
  for (let tries = 0; ; tries += 1) {
    const told = (await sms_codes(person.phone)).find(({ text }) => text.includes('新设备'));
    if (told) break;
    assert.ok(tries < 100, 'the owner is told of the new device');
    await page.waitForTimeout(200);
  }

  for (const name of ['24b-devices-en', '24b-devices']) {
    await by(page, 'language').click();
    await by(page, 'account').click();
    await by(page, 'held').waitFor();
    await by(page, 'end-session').scrollIntoViewIfNeeded();
    await shot(page, name);
    if (name.endsWith('-en')) await by(page, 'close-account').click();
  }
  seen = (await sms_codes(person.phone)).length;
  await by(page, 'confirm-device').click();
  await by(page, 'step-up-action').waitFor();
  const confirming = await new_sms_code(person.phone, seen);
  assert.match(confirming.text, /确认新设备/, 'the message names the act');
  await fill(page, 'code-input', confirming.code);
  await shot(page, '24c-confirm-device');
  seen = (await sms_codes(person.phone)).length;
  await by(page, 'step-up-confirm').click();
  await by(page, 'held').waitFor({ state: 'detached' });
  await by(fresh, 'sign-back').click();
  await by(fresh, 'go-sign').click();
  await by(fresh, 'step-up-action').waitFor();
  await new_sms_code(person.phone, seen);
  await by(page, 'end-session').click();
  await by(page, 'end-session').waitFor({ state: 'detached' });
  await by(page, 'close-account').click();
  await fresh.reload();
  await see_title(fresh, /手机号/);
  assert.deepEqual(theirs, []);
  await other.close();
});

step('contract and signature', async () => {
  await by(page, 'contract').waitFor();
  assert.match(await by(page, 'contract-sha256').innerText(), /^[0-9a-f]{64}$/);
  await both_languages('25-contract', { full: true });
  const seen = (await sms_codes(person.phone)).length;
  await by(page, 'go-sign').click();
  await by(page, 'step-up-action').waitFor();
  assert.match(await by(page, 'step-up-action').innerText(), /10000\.00 元.*12 期/);
  const { code, text } = await new_sms_code(person.phone, seen);
  assert.match(text, /10000\.00/, 'the message names the action too');
  await both_languages('26-sign');
  await fill(page, 'code-input', wrong_code(code));
  await by(page, 'step-up-confirm').click();
  await by(page, 'problem').waitFor();
  await fill(page, 'code-input', code);
  await by(page, 'step-up-confirm').click();
});

step('payout and the active loan', async () => {
  await by(page, 'payout-progress').or(by(page, 'loan')).first().waitFor();
  await shot(page, '27-payout');
  await by(page, 'loan').waitFor({ timeout: 60_000 });
  assert.equal(await by(page, 'loan').getAttribute('data-state'), 'active');
  assert.equal(await by(page, 'outstanding').innerText(), '¥10,000.00');
  assert.equal(await by(page, 'loan-schedule').locator('li').count(), 12);
  await both_languages('28-loan', { full: true });
});

step('first instalment paid', async () => {
  await by(page, 'pay').click();
  await by(page, 'repay-sheet').waitFor();
  assert.equal(await field(page, 'repay-amount').inputValue(), '866.19');
  await shot(page, '29-repay');
  await by(page, 'confirm-repay').click();
  await by(page, 'repayment-succeeded').waitFor({ timeout: 60_000 });
  await shot(page, '30-repaid');
  await by(page, 'repay-finish').click();
  await by(page, 'repay-sheet').waitFor({ state: 'hidden' });
  assert.equal(await by(page, 'repayments').locator('li[data-state=succeeded]').count(), 1);
  await shot(page, '31-loan-paid', { full: true });
});

step('proofs downloaded', async () => {
  await by(page, 'open-proofs').click();
  await by(page, 'proofs-sheet').waitFor();
  assert.match(await by(page, 'proofs-sheet').innerText(), /mianqian audit verify/);
  for (const [button, name] of [
    ['download-proofs', 'mianqian-proofs.json'],
    ['download-checkpoint', 'mianqian-checkpoint.txt'],
  ]) {
    const coming = page.waitForEvent('download');
    await by(page, button).click();
    const download = await coming;
    assert.equal(download.suggestedFilename(), name);
    await download.saveAs(path.join(SHOTS, name));
  }
  const proofs = JSON.parse(await readFile(path.join(SHOTS, 'mianqian-proofs.json'), 'utf8'));
  assert.ok(proofs.leaves.length > 0, 'the file holds leaves');
  const text = JSON.stringify(proofs);
  for (const value of [person.phone, person.id_number, person.name])
    assert.ok(!text.includes(value), 'no personal value in it');
  await shot(page, '32-proofs');
  await by(page, 'close-proofs').click();
});

step('English, account and sign-out', async () => {
  await by(page, 'language').click();
  await see_title(page, /My loan/);
  await shot(page, '33-loan-en', { full: true });
  await by(page, 'account').click();
  await by(page, 'account-sheet').waitFor();
  assert.equal(await by(page, 'consent-face').getAttribute('data-state'), 'given');
  const here = by(page, 'sessions').getByTestId('session');
  await here.first().waitFor();
  assert.equal(await here.count(), 1);
  assert.match(await here.innerText(), /Chrome · \w+[^]*Last used[^]*This one/);
  await shot(page, '34-account-en', { full: true });
  await by(page, 'sign-out').click();
  await see_title(page, /Sign in/);
  await shot(page, '35-signed-out-en');
});

step('the page did nothing it must not', async () => {
  assert.deepEqual(faults, []);
});
