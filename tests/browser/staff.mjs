// Accounts of staff: one administrator asks, another agrees, somebody comes in by the link.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after } from 'node:test';

import {
  BASE_URL,
  DESKTOP,
  PHONE,
  SECOND_STAFF_USER,
  STAFF_PASSWORD,
  STAFF_USER,
  assert_fits,
  by,
  field,
  fill,
  open_browser,
  open_page,
  see_title,
  shot,
  staff_sign_in,
  steps,
} from './support.mjs';

const { browser, close } = await open_browser();
after(close);
const admin = await open_page(browser, DESKTOP);
const deputy = await open_page(browser, DESKTOP);
const newcomer = await open_page(browser, DESKTOP);
let now = admin;
const step = steps(() => now.page);
const name = `wang${Date.now() % 100_000}`;
const password = 'a password of her own';
const next_password = 'another one of her own';
let secret; // of the newcomer's app
let link;

/** What an app shows for this secret (RFC 6238). */
function totp(base32) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...base32].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** A code that was not shown before: each is good once. */
let shown = '';
async function fresh_code(page) {
  while (totp(secret) === shown) await page.waitForTimeout(500);
  shown = totp(secret);
  return shown;
}

async function open_staff({ page }, user) {
  await staff_sign_in(page, user, STAFF_PASSWORD);
  await by(page, 'nav-staff').click();
  await see_title(page, /员工账户/);
}
const row_of = (page, list, text) => by(page, list).locator('tbody tr').filter({ hasText: text });

step('an administrator asks for a new account and cannot agree to it', async () => {
  const { page } = (now = admin);
  await open_staff(admin, STAFF_USER);
  await by(page, 'ask-invite').click();
  assert.equal(await by(page, 'change-submit').isDisabled(), true, 'a name and a reason are needed');
  await fill(page, 'change-username', STAFF_USER);
  await by(page, 'change-role-reviewer').click();
  await fill(page, 'change-reason', '新同事入职，负责核验审核');
  await by(page, 'change-submit').click();
  await by(page, 'problem').waitFor();
  await shot(page, 'staff-01-name-taken');
  await fill(page, 'change-username', name);
  await by(page, 'change-submit').click();
  const change = row_of(page, 'staff-changes', name);
  await change.getByText('需另一位管理员复核').waitFor();
  assert.equal(await change.getByTestId('change-agree').count(), 0);
  await shot(page, 'staff-02-asked', { full: true });
  await assert_fits(page, 'staff');
});

step('another agrees and gets the link, once', async () => {
  const { page } = (now = deputy);
  await open_staff(deputy, SECOND_STAFF_USER);
  await row_of(page, 'staff-changes', name).getByTestId('change-agree').click();
  const shown = page.locator('[data-testid="invitation-link"] textarea, textarea[data-testid="invitation-link"]');
  link = await shown.inputValue();
  assert.match(link, /#\/invitation\/[\w-]{43}$/);
  await shot(page, 'staff-03-link');
  await by(page, 'link-done').click();
  await row_of(page, 'staff-accounts', name).getByText('已邀请').waitFor();
  assert.ok(!(await page.content()).includes(link.slice(-43)), 'it is not shown again');
});

step('the newcomer chooses a password, sets up the app and comes in', async () => {
  const { page } = (now = newcomer);
  await page.goto(link);
  await by(page, 'invited').waitFor();
  assert.match(await by(page, 'invited').innerText(), new RegExp(`${name}.*核验审核`));
  await fill(page, 'new-password', 'too short');
  await fill(page, 'new-password-again', 'too short');
  assert.equal(await by(page, 'accept-invitation').isDisabled(), true);
  await fill(page, 'new-password', password);
  await fill(page, 'new-password-again', `${password}!`);
  await page.getByText('两次输入的密码不一致').waitFor();
  await shot(page, 'staff-04-invitation');
  await fill(page, 'new-password-again', password);
  await by(page, 'accept-invitation').click();
  await by(page, 'qr-code').waitFor();
  assert.ok(!page.url().includes('invitation'), 'the link is gone from the address');
  secret = (await by(page, 'totp-secret').innerText()).replaceAll(' ', '');
  await shot(page, 'staff-05-set-up', { full: true });
  await by(page, 'language').click();
  await see_title(page, /Staff sign-in/);
  await shot(page, 'staff-05-set-up-en', { full: true });
  await by(page, 'language').click();
  const right = totp(secret);
  await field(page, 'totp-code').fill(right === '000000' ? '000001' : '000000');
  await by(page, 'finish-sign-in').click();
  await by(page, 'problem').waitFor();
  await shot(page, 'staff-06-wrong-code', { full: true });
  await field(page, 'totp-code').fill(await fresh_code(page));
  await by(page, 'finish-sign-in').click();
  await see_title(page, /人工审核/);
  assert.equal(await by(page, 'nav-staff').count(), 0, 'a reviewer sees no accounts');
});

step('a link that was used says so, on a phone too', async () => {
  const { page, faults } = await open_page(browser, PHONE);
  await page.goto(link);
  await by(page, 'problem').waitFor();
  await shot(page, 'staff-07-link-used');
  await page.goto(`${BASE_URL}/console/`);
  await field(page, 'username').waitFor();
  await assert_fits(page, 'staff sign-in');
  await shot(page, 'staff-07-sign-in-phone');
  assert.deepEqual(faults, []);
});

step('the newcomer changes password and app with the ones that are there', async () => {
  const { page } = (now = newcomer);
  await by(page, 'own-sessions').click();
  await by(page, 'change-password').click();
  await field(page, 'current-password').fill(password);
  await field(page, 'factor-code').fill('000000');
  await field(page, 'new-password').fill(next_password);
  await field(page, 'new-password-again').fill(next_password);
  await by(page, 'factor-confirm').click();
  await by(page, 'problem').waitFor();
  await shot(page, 'staff-10-password-wrong-code');
  await field(page, 'factor-code').fill(await fresh_code(page));
  await by(page, 'factor-confirm').click();
  await by(page, 'factor-changed').waitFor();
  await by(page, 'change-totp').click();
  await field(page, 'current-password').fill(next_password);
  await field(page, 'factor-code').fill(await fresh_code(page));
  await by(page, 'factor-confirm').click();
  await by(page, 'qr-code').waitFor();
  await shot(page, 'staff-11-new-app');
  secret = (await by(page, 'totp-secret').innerText()).replaceAll(' ', '');
  shown = '';
  await field(page, 'factor-code').fill(await fresh_code(page));
  await by(page, 'factor-confirm').click();
  await by(page, 'factor-changed').waitFor();
  await by(page, 'language').click();
  await see_title(page, /My sessions/);
  await assert_fits(page, 'own factors en');
  await shot(page, 'staff-12-changed-en', { full: true });
  await by(page, 'language').click();
});

step('everybody else on the staff is signed out', async () => {
  const { page } = (now = admin);
  await by(page, 'nav-switches').click();
  await by(page, 'ask-end-all').click();
  await by(page, 'whose-staff').click();
  await shot(page, 'staff-13-end-all');
  await by(page, 'end-all-confirm').click();
  await by(page, 'ended-all').waitFor();
  await shot(page, 'staff-14-ended-all', { full: true });
  await by(newcomer.page, 'refresh').click();
  await see_title(newcomer.page, /员工登录/);
  await by(page, 'nav-staff').click();
  await see_title(page, /员工账户/);
  const again = newcomer.page;
  await field(again, 'username').fill(name);
  await field(again, 'password').fill(next_password);
  await by(again, 'sign-in').click();
  await field(again, 'totp-code').fill(await fresh_code(again));
  await by(again, 'finish-sign-in').click();
  await see_title(again, /我的登录/);
});

step('a disabled account is out at once', async () => {
  const { page } = (now = admin);
  await by(page, 'refresh').click();
  await row_of(page, 'staff-accounts', name).getByTestId('ask-disable').click();
  await fill(page, 'change-reason', '离职');
  await shot(page, 'staff-08-disable');
  await by(page, 'change-submit').click();
  await row_of(page, 'staff-accounts', name).getByText('已停用').waitFor();
  await shot(page, 'staff-09-disabled', { full: true });
  await by(page, 'language').click();
  await see_title(page, /Staff accounts/);
  await assert_fits(page, 'staff en');
  await shot(page, 'staff-09-disabled-en', { full: true });
  await by(page, 'language').click();
  await by(newcomer.page, 'refresh').click();
  await see_title(newcomer.page, /员工登录/);
});

step('the pages did nothing they must not', () => {
  for (const { faults } of [admin, deputy, newcomer]) assert.deepEqual(faults, []);
});
