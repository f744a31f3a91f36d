// What the browser tests share: the browser with its fake camera, the sandbox's SMS inbox, screenshots,
// and a record of everything a page must not do.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { chromium } = createRequire(path.join(root, 'web/package.json'))('playwright-core');

export const BASE_URL = process.env.MQ_BASE_URL ?? 'http://localhost:8080';
export const SANDBOX_URL = process.env.MQ_SANDBOX_URL ?? 'http://localhost:8090';
export const SHOTS = process.env.MQ_SHOTS ?? path.join(root, 'build/screenshots');
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

// Chromium plays a file of concatenated JPEGs as a camera; too short a file ends before the page looks.
const CAMERA_FRAMES = 60;

async function camera_film(jpeg_path, folder) {
  const jpeg = await readFile(jpeg_path);
  assert.equal(
    jpeg.readUInt16BE(0),
    0xffd8,
    `${jpeg_path} must be a JPEG: the fake camera plays it`,
  );
  const film = path.join(folder, 'camera.mjpeg');
  await writeFile(film, Buffer.concat(Array(CAMERA_FRAMES).fill(jpeg)));
  return film;
}

/** A browser whose camera shows `camera` (a JPEG); without it there is no camera at all. */
export async function open_browser({ camera } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'mq-browser-'));
  const camera_args = camera
    ? [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${await camera_film(camera, folder)}`,
      ]
    : [];
  const browser = await chromium.launch({
    executablePath: process.env.MQ_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-domain-reliability',
      '--disable-sync',
      '--no-first-run',
      '--no-default-browser-check',
      ...camera_args,
    ],
  });
  const close = async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { browser, close };
}

/** A page that remembers what it must not do: script errors, refused content, calls to other hosts. */
export async function open_page(browser, viewport, options = {}) {
  const context = await browser.newContext({
    viewport,
    deviceScaleFactor: viewport.width < 500 ? 2 : 1,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    acceptDownloads: true,
    ignoreHTTPSErrors: true,
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(Number(process.env.MQ_BROWSER_TIMEOUT_MS ?? 20_000));
  const faults = [];
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // Answers of 400 and above are expected and shown by the page; the browser logs them too.
    const expected = /Failed to load resource|net::ERR_INTERNET_DISCONNECTED/.test(message.text());
    if (message.type() === 'error' && !expected) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== new URL(BASE_URL).origin)
      faults.push(`foreign: ${request.url()}`);
  });
  return { context, page, faults };
}

export function by(page, testid) {
  return page.getByTestId(testid);
}

/** The input of a field: the test id sits on it or on the box around it. */
export function field(page, testid) {
  return page.locator(`input[data-testid="${testid}"], [data-testid="${testid}"] input`);
}

export async function fill(page, testid, text) {
  await field(page, testid).fill(text);
}

/** From the first page to the card's photo: number, code, terms, both consents. */
export async function sign_in_and_consent(page, phone) {
  await page.goto(BASE_URL);
  await fill(page, 'phone-input', phone);
  const seen = (await sms_codes(phone)).length;
  await by(page, 'send-code').click();
  await fill(page, 'code-input', (await new_sms_code(phone, seen)).code);
  await by(page, 'sign-in').click();
  await by(page, 'notice-body').waitFor();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.waitForFunction(() => !document.querySelector('[data-testid=terms-accept]').disabled);
  await by(page, 'terms-accept').click();
  await see_title(page, /人脸/);
  await by(page, 'consent-agree').click();
  await see_title(page, /权威/);
  await by(page, 'consent-agree').click();
  await see_title(page, /人像面/);
}

/** A card that can be read: {front, back, held}, the paths of pictures with the person's name, number and face. */
export function draw_card(person) {
  const folder = path.join(SHOTS, `card-${person.id_number.slice(-4)}`);
  execFileSync(path.join(root, 'tests/browser/draw-card'), [
    ...['--name', person.name, '--number', person.id_number],
    ...['--card', person.card_path, '--selfie', person.selfie_path, '--out', folder],
  ]);
  return Object.fromEntries(
    ['front', 'back', 'held'].map((side) => [side, path.join(folder, `${side}.jpg`)]),
  );
}

/** The path of a picture of a bank card. */
export function draw_bank_card({ bank, number }) {
  const folder = path.join(SHOTS, `bank-card-${number.slice(-4)}`);
  execFileSync(path.join(root, 'tests/browser/draw-card'), [
    ...['--bank', bank, '--number', number, '--out', folder],
  ]);
  return path.join(folder, 'bank.jpg');
}

/** A photo from the album, taken without looking twice. */
export async function send_photo(page, kind, file) {
  await by(page, `${kind}-file`).waitFor({ state: 'attached' });
  await by(page, `${kind}-file`).setInputFiles(file);
  await by(page, 'use-photo').click();
}

/** A bank statement of four whole months as a bank's program would print it; what is in it is invented. */
export async function statement_pdf(browser, holder) {
  const page = await browser.newPage();
  const rows = [];
  let balance = 500_000;
  const money = (cents) => (cents / 100).toFixed(2);
  const book = (date, text, other, cents) => {
    balance += cents;
    rows.push([date, text, other, money(cents), money(balance)]);
  };
  for (const month of ['03', '04', '05', '06']) {
    book(`2026-${month}-02`, '快捷支付', '青禾便利店', -3_580);
    book(`2026-${month}-10`, '代发工资', '远山物流有限公司', 1_200_000);
    book(`2026-${month}-18`, '转账支出', '王房东', -350_000);
  }
  const heads = ['交易日期', '摘要', '对方户名', '交易金额', '余额'];
  const line = (cells, tag) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  await page.setContent(`<style>th,td{padding:6px 14px;text-align:left}</style>
    <h2>华光银行个人账户交易明细</h2>
    <p>户名：${holder}　账号：6222000000001234　币种：人民币</p>
    <p>起止日期：2026-03-01 至 2026-06-30</p>
    <table>${line(heads, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table>`);
  const pdf = await page.pdf({ format: 'A4' });
  await page.close();
  return { name: 'statement.pdf', mimeType: 'application/pdf', buffer: pdf, rows: rows.length };
}

/** A PDF that opens with a password only. */
export function locked_pdf() {
  const text = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj
trailer<</Root 1 0 R/Size 4/Encrypt<</Filter/Unheard>>>>
%%EOF
`;
  return { name: 'locked.pdf', mimeType: 'application/pdf', buffer: Buffer.from(text) };
}

/** Staff at the console's front page. */
export async function staff_sign_in(page, user, password) {
  await page.goto(`${BASE_URL}/console/`);
  await fill(page, 'username', user);
  await fill(page, 'password', password);
  await by(page, 'sign-in').click();
  await enter_app_code(page, user);
  await see_title(page, /人工审核/);
}

/** What the authenticator app of this account shows, which the sandbox plays. */
export async function app_code(user) {
  const { items } = await (await fetch(`${SANDBOX_URL}/sandbox/authenticators`)).json();
  return items.find(({ account }) => account === user).code;
}

/** A code is good once, and other tests of this run sign in with the same app: waits for the next one. */
export async function enter_app_code(page, user) {
  const field_of_code = field(page, 'totp-code');
  for (let tries = 0; ; tries += 1) {
    const code = await app_code(user);
    await field_of_code.fill(code);
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('/v1/console/sessions')),
      by(page, 'finish-sign-in').click(),
    ]);
    if (answer.status() === 201) return;
    const problem = await answer.json();
    assert.ok(problem.code === 'auth.wrong_code' && tries < 3, JSON.stringify(problem));
    while ((await app_code(user)) === code) await page.waitForTimeout(500);
  }
}

export const SECOND_STAFF_USER = 'deputy';
export const STAFF_USER = process.env.MQ_STAFF_USER ?? 'admin';
export const STAFF_PASSWORD = process.env.MQ_STAFF_PASSWORD ?? 'demo-admin-2026';

export async function see_title(page, pattern) {
  await page.waitForFunction(
    ([source]) =>
      new RegExp(source).test(document.querySelector('[data-testid=title]')?.textContent ?? ''),
    [pattern.source],
  );
}

/** Waits until nothing of the page moves, so that a picture shows the end of a transition. */
async function settle(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const running = document
      .getAnimations()
      .filter((animation) => animation.effect?.getTiming().iterations !== Infinity);
    await Promise.race([
      Promise.allSettled(running.map((animation) => animation.finished)),
      new Promise((resolve) => setTimeout(resolve, 1000)),
    ]);
  });
}

export async function shot(page, name, { full = false } = {}) {
  await mkdir(SHOTS, { recursive: true });
  // A whole page is photographed in a window of its height: a bar that sticks to the bottom stays there.
  const before = page.viewportSize();
  if (full) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ ...before, height: Math.max(before.height, height) });
  }
  await settle(page);
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
  if (full) await page.setViewportSize(before);
}

/** The same screen in English and back; what was typed stays. */
export async function both_languages(page, name, options) {
  await shot(page, name, options);
  await by(page, 'language').click();
  await page.waitForTimeout(400);
  await assert_fits(page, `${name} in English`);
  await shot(page, `${name}-en`, options);
  await by(page, 'language').click();
  await page.waitForTimeout(400);
}

/** Nothing sticks out to the right of the screen. */
export async function assert_fits(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${name}: ${over} pixels wider than the screen`);
}

export async function sms_codes(phone) {
  const url = new URL('/sandbox/sms', SANDBOX_URL);
  url.searchParams.set('phone', phone);
  const answer = await fetch(url);
  assert.equal(answer.status, 200, 'the sandbox answers');
  return (await answer.json()).items;
}

/** The code of the newest message beyond those already `seen`. */
export async function new_sms_code(phone, seen) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const messages = await sms_codes(phone);
    // Others tell of things, like a sign-in on a new device, and hold no code.
    const fresh = messages.slice(0, messages.length - seen).find((message) => message.code);
    if (fresh) {
      assert.match(fresh.code, /^\d{6}$/);
      return { code: fresh.code, text: fresh.text };
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('no new message in the sandbox inbox');
}

/** Signs in with a code by SMS, as often as the page has to be asked for one. */
export async function sign_in_by_code(page, phone) {
  await page.goto(BASE_URL);
  await fill(page, 'phone-input', phone);
  const seen = (await sms_codes(phone)).length;
  // Codes to one phone come half a minute apart at least; the page says so.
  for (;;) {
    await by(page, 'send-code').click();
    await by(page, 'code-input').or(by(page, 'problem')).first().waitFor();
    if ((await by(page, 'problem').count()) === 0) break;
    await page.waitForTimeout(3000);
  }
  await fill(page, 'code-input', (await new_sms_code(phone, seen)).code);
  await by(page, 'sign-in').click();
  await by(page, 'account').waitFor();
}

/** A request of the page's own, with its cookies. */
export function call(page, method, path, body) {
  return page.evaluate(
    async ([how, where, what]) => {
      const answer = await fetch(where, {
        method: how,
        headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'mianqian' },
        body: what === undefined ? undefined : JSON.stringify(what),
      });
      const text = await answer.text();
      return { status: answer.status, json: text ? JSON.parse(text) : null };
    },
    [method, path, body],
  );
}

/**
 * Numbers of nobody, in a district that no longer exists; every server under test is a fresh one. The first
 * ends with X, of which no reader is sure in a small photo.
 */
export const MADE_UP_ID_NUMBERS = ['11010319750912341X', '110103198508177672'];

export async function read_person() {
  const file = process.env.MQ_PERSON;
  assert.ok(file, 'MQ_PERSON names a JSON file {phone, name, id_number, card_path, selfie_path}');
  const person = JSON.parse(await readFile(file, 'utf8'));
  const at = (name) => path.resolve(path.dirname(file), name);
  return { ...person, card_path: at(person.card_path), selfie_path: at(person.selfie_path) };
}

/** Tests of which each needs the one before it: after a failure the rest is skipped, not failed again. */
export function steps(page_now) {
  let broken = false;
  return (name, run) =>
    test(name, async (t) => {
      if (broken) {
        t.skip('an earlier step failed');
        return;
      }
      try {
        await run(t);
        await assert_fits(page_now(), name);
      } catch (error) {
        broken = true;
        await shot(page_now(), `failed-${name.replace(/\W+/g, '-')}`).catch(() => {});
        throw error;
      }
    });
}

/** A code that is certainly not the right one. */
export function wrong_code(code) {
  return code.replace(/\d$/, (last) => String((Number(last) + 1) % 10));
}
