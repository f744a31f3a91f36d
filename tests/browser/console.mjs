// The staff's way through the console: sign-in, lists, details, ledger, audit, switches, business date.
// MQ_STAFF_USER and MQ_STAFF_PASSWORD: a member of staff with every role.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import {
  assert_fits,
  BASE_URL,
  by,
  DESKTOP,
  enter_app_code,
  field,
  fill,
  open_browser,
  open_page,
  see_title,
  shot,
  staff_sign_in,
  STAFF_PASSWORD,
  STAFF_USER,
  steps,
} from './support.mjs';

let browser;
let close;
let page;
let faults;

before(async () => {
  ({ browser, close } = await open_browser());
  ({ page, faults } = await open_page(browser, DESKTOP));
});
after(() => close?.());

const step = steps(() => page);

async function go(name, title) {
  await by(page, `nav-${name}`).click();
  await see_title(page, title);
  await page.waitForLoadState('networkidle');
}

step('sign-in: a wrong password is refused, the right one opens', async () => {
  await page.goto(`${BASE_URL}/console/`);
  await see_title(page, /员工登录/);
  await shot(page, 'console-01-sign-in');
  await fill(page, 'username', STAFF_USER);
  await fill(page, 'password', `${STAFF_PASSWORD}-not`);
  await by(page, 'sign-in').click();
  await by(page, 'problem').waitFor();
  await fill(page, 'password', STAFF_PASSWORD);
  await by(page, 'sign-in').click();
  await field(page, 'totp-code').waitFor();
  await shot(page, 'console-01-second-factor');
  await enter_app_code(page, STAFF_USER);
  await see_title(page, /人工审核/);
  await by(page, 'demo-banner').waitFor();
});

step('reviews', async () => {
  await page.getByText('全部', { exact: true }).first().click();
  await page.waitForLoadState('networkidle');
  await shot(page, 'console-02-reviews');
  const open = by(page, 'reviews').getByTestId('open').first();
  if ((await open.count()) === 0) return;
  await open.click();
  await see_title(page, /身份核验|申请详情/);
  await page.waitForLoadState('networkidle');
  await shot(page, 'console-03-review', { full: true });
});

step('applications', async () => {
  await go('applications', /借款申请/);
  await shot(page, 'console-04-applications');
  await by(page, 'applications').getByTestId('open').first().click();
  await see_title(page, /申请详情/);
  await by(page, 'application-state').waitFor();
  await shot(page, 'console-05-application', { full: true });
});

step('loans: schedule, repayments and journals', async () => {
  await go('loans', /借款/);
  await shot(page, 'console-06-loans');
  await by(page, 'loans').getByTestId('open').first().click();
  await see_title(page, /借款详情/);
  await by(page, 'schedule').waitFor();
  assert.ok((await by(page, 'schedule').locator('tbody tr').count()) > 0);
  assert.ok((await by(page, 'journals').locator('tbody tr').count()) > 0, 'the loan has journals');
  await shot(page, 'console-07-loan', { full: true });
});

step('ledger: the trial balance balances', async () => {
  await go('ledger', /账务/);
  await by(page, 'trial-balance').waitFor();
  assert.match(await by(page, 'balanced').innerText(), /借贷平衡/);
  await shot(page, 'console-08-ledger', { full: true });
});

step('audit', async () => {
  await go('audit', /审计/);
  await by(page, 'audit-size').waitFor();
  assert.ok(Number(await by(page, 'audit-size').innerText()) > 0);
  await shot(page, 'console-09-audit');
});

step('switches: stopped and resumed, each with a reason', async () => {
  await go('switches', /开关/);
  for (const state of ['已停用', '运行中']) {
    await by(page, 'toggle-payouts').click();
    await fill(page, 'switch-reason', '浏览器测试');
    if (state === '已停用') await shot(page, 'console-10-switch-dialog');
    await by(page, 'switch-confirm').click();
    await page.waitForFunction(
      (text) => document.querySelector('[data-testid=state-payouts]')?.textContent.includes(text),
      state,
    );
  }
  await shot(page, 'console-11-switches');
});

step('business date: a day forward', async () => {
  await go('day', /营业日期/);
  const date = by(page, 'current-date');
  const from = await date.getAttribute('data-date');
  await by(page, 'advance').click();
  await by(page, 'advanced').waitFor({ timeout: 120_000 });
  const to = await date.getAttribute('data-date');
  assert.equal(Date.parse(to) - Date.parse(from), 24 * 3600 * 1000);
  await shot(page, 'console-12-business-date');
});

step('own sessions: one elsewhere is signed out from here', async () => {
  const elsewhere = await open_page(browser, DESKTOP);
  await staff_sign_in(elsewhere.page, STAFF_USER, STAFF_PASSWORD);
  await by(page, 'own-sessions').click();
  await see_title(page, /我的登录/);
  const rows = by(page, 'sessions').locator('tbody tr');
  await rows.nth(1).waitFor();
  const before = await rows.count(); // other tests of this run may be signed in too
  assert.equal(await rows.filter({ hasText: '本机' }).count(), 1);
  assert.match(await rows.first().innerText(), /Chrome · \w+/);
  await shot(page, 'console-12-sessions');
  // The one seen last that is not this one is the one just opened.
  await rows.filter({ hasNotText: '本机' }).first().getByTestId('end-session').click();
  await page.waitForFunction(
    (count) => document.querySelectorAll('[data-testid=sessions] tbody tr').length === count,
    before - 1,
  );
  await by(elsewhere.page, 'own-sessions').click();
  await see_title(elsewhere.page, /员工登录/);
  assert.deepEqual(elsewhere.faults, []);
});

step('English', async () => {
  await by(page, 'language').click();
  await go('loans', /Loans/);
  await assert_fits(page, 'loans');
  await shot(page, 'console-13-loans-en');
  await go('ledger', /Ledger/);
  await assert_fits(page, 'ledger');
  await shot(page, 'console-14-ledger-en', { full: true });
  await by(page, 'sign-out').click();
  await see_title(page, /Staff sign-in/);
});

step('the page did nothing it must not', () => {
  assert.deepEqual(faults, []);
});
