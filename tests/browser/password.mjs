// A borrower's password: set with a code, signing in on a known device and not on another, changing, removing.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before } from 'node:test';

import {
  assert_fits,
  BASE_URL,
  by,
  call,
  field,
  fill,
  new_sms_code,
  open_browser,
  open_page,
  PHONE,
  see_title,
  shot,
  sign_in_by_code,
  sms_codes,
  steps,
} from './support.mjs';

const phone = `137${randomInt(10_000_000, 100_000_000)}`;
const first = 'kx7.wv2q';
const second = 'another kx7.wv2q';
let browser;
let close;
let home;
let fresh;

before(async () => {
  ({ browser, close } = await open_browser());
  home = await open_page(browser, PHONE);
  fresh = await open_page(browser, PHONE);
});
after(() => close?.());

const step = steps(() => home.page);

async function told(text) {
  for (let tries = 0; ; tries += 1) {
    if ((await sms_codes(phone)).some((one) => one.text.includes(text))) return;
    assert.ok(tries < 100, `the owner is told: ${text}`);
    await home.page.waitForTimeout(200);
  }
}
async function sign_in(page, password) {
  await page.goto(BASE_URL);
  await fill(page, 'phone-input', phone);
  await by(page, 'switch-way').click();
  await field(page, 'password-input').fill(password);
  await by(page, 'sign-in-password').click();
}

step('one is set with a code by SMS', async () => {
  const { page } = home;
  await sign_in_by_code(page, phone);
  await by(page, 'account').click();
  await by(page, 'set-password').click();
  await field(page, 'password-new').fill('12345678');
  await field(page, 'password-again').fill('12345679');
  assert.equal(await by(page, 'password-go-on').isDisabled(), true, 'the two differ');
  await by(page, 'password').scrollIntoViewIfNeeded();
  await shot(page, 'password-01-choose');
  await field(page, 'password-again').fill('12345678');
  await by(page, 'password-go-on').click();
  await page.locator('[data-code="auth.weak_password"]').waitFor();
  await shot(page, 'password-02-common');
  await field(page, 'password-new').fill(first);
  await field(page, 'password-again').fill(first);
  const seen = (await sms_codes(phone)).length;
  await by(page, 'password-go-on').click();
  const { code, text } = await new_sms_code(phone, seen);
  assert.match(text, /设置登录密码/, 'the message names the act');
  await fill(page, 'code-input', code);
  await by(page, 'step-up-confirm').click();
  await by(page, 'password-done').waitFor();
  await by(page, 'password').scrollIntoViewIfNeeded();
  await shot(page, 'password-03-set');
  await told('已设置登录密码');
});

step('it signs in here, in both languages, and says what is wrong', async () => {
  const { page } = home;
  await by(page, 'sign-out').click();
  await sign_in(page, 'not this one');
  await page.locator('[data-code="auth.wrong_credentials"]').waitFor();
  await shot(page, 'password-04-wrong');
  await by(page, 'language').click();
  await see_title(page, /phone/i);
  await assert_fits(page, 'password sign-in en');
  await shot(page, 'password-04-wrong-en');
  await by(page, 'language').click();
  await field(page, 'password-input').fill(first);
  await by(page, 'sign-in-password').click();
  await by(page, 'account').waitFor();
});

step('it does not on a device that the account does not know', async () => {
  await sign_in(fresh.page, first);
  await fresh.page.locator('[data-code="auth.unknown_device"]').waitFor();
  await shot(fresh.page, 'password-05-unknown-device');
});

step('it is changed by showing it, without a wait', async () => {
  const { page } = home;
  await by(page, 'account').click();
  await by(page, 'set-password').click();
  await field(page, 'password-new').fill(second);
  await field(page, 'password-again').fill(second);
  await by(page, 'password-go-on').click();
  await field(page, 'step-up-password').fill('not this one');
  await by(page, 'step-up-confirm').click();
  await page.locator('[data-code="auth.wrong_password"]').waitFor();
  await by(page, 'step-up-confirm').scrollIntoViewIfNeeded();
  await shot(page, 'password-06-step-up');
  await field(page, 'step-up-password').fill(first);
  await by(page, 'step-up-confirm').click();
  await by(page, 'password-done').waitFor();
  assert.equal(await by(page, 'held').count(), 0);
  await by(page, 'close-account').click();
  await by(page, 'language').click();
  await by(page, 'account').click();
  await by(page, 'password').scrollIntoViewIfNeeded();
  await shot(page, 'password-07-account-en');
  await by(page, 'close-account').click();
  await by(page, 'language').click();
});

step('removed, it opens nothing', async () => {
  const { page } = home;
  await by(page, 'account').click();
  await by(page, 'remove-password').click();
  await field(page, 'step-up-password').fill(second);
  await by(page, 'step-up-confirm').click();
  await by(page, 'password-done').waitFor();
  await told('已取消登录密码');
  const said = await call(page, 'POST', '/v1/auth/password-sessions', { phone, password: second });
  assert.deepEqual([said.status, said.json.code], [401, 'auth.wrong_credentials']);
});

step('the pages did nothing they must not', () => {
  assert.deepEqual(home.faults, []);
  assert.deepEqual(fresh.faults, []);
});
