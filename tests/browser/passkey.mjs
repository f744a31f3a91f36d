// Passkeys in a real browser with a virtual authenticator: adding one, signing in, approving an act; and answers
// that were replayed, made for another act, on another page, or by a copy.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before } from 'node:test';

import {
  assert_fits,
  by,
  call,
  fill,
  new_sms_code,
  open_browser,
  open_page,
  PHONE,
  SANDBOX_URL,
  see_title,
  shot,
  sign_in_by_code,
  sms_codes,
  steps,
} from './support.mjs';

const phone = `136${randomInt(10_000_000, 100_000_000)}`;
let browser;
let close;
let home; // the owner's phone: {page, faults, authenticator}
let fresh; // a device that the account does not know

/** A page with a fingerprint reader: {device, id} of the browser's virtual authenticator. */
async function with_authenticator(page) {
  const device = await page.context().newCDPSession(page);
  await device.send('WebAuthn.enable');
  const { authenticatorId: id } = await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  return { device, id };
}
async function keys_of({ device, id }) {
  return (await device.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials;
}
async function put_key({ device, id }, credential) {
  await device.send('WebAuthn.clearCredentials', { authenticatorId: id });
  await device.send('WebAuthn.addCredential', { authenticatorId: id, credential });
}

/** What this page's authenticator signs for a challenge, as the server takes it. */
function assertion(page, challenge) {
  return page.evaluate(async (text) => {
    const bytes = (one) => Uint8Array.from(atob(one.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const base64url = (one) =>
      btoa(String.fromCharCode(...new Uint8Array(one))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    const made = await navigator.credentials.get({
      publicKey: { challenge: bytes(text), rpId: 'localhost', userVerification: 'required' },
    });
    const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
    return {
      credential_id: base64url(made.rawId),
      client_data_json: base64url(clientDataJSON),
      authenticator_data: base64url(authenticatorData),
      signature: base64url(signature),
      user_handle: base64url(userHandle),
    };
  }, challenge);
}
const begin_sign_in = async (page) => (await call(page, 'POST', '/v1/auth/passkey-sign-ins', {})).json.challenge;
const finish_sign_in = (page, challenge, passkey) =>
  call(page, 'POST', '/v1/auth/passkey-sessions', { challenge, passkey });

before(async () => {
  ({ browser, close } = await open_browser());
  home = await open_page(browser, PHONE);
  home.authenticator = await with_authenticator(home.page);
});
after(() => close?.());

const step = steps(() => home.page);

step('a passkey is added with a code by SMS', async () => {
  const { page } = home;
  await sign_in_by_code(page, phone);
  await by(page, 'account').click();
  await by(page, 'add-passkey').scrollIntoViewIfNeeded();
  await shot(page, 'passkey-01-none');
  const seen = (await sms_codes(phone)).length;
  await by(page, 'add-passkey').click();
  const { code, text } = await new_sms_code(phone, seen);
  assert.match(text, /添加通行密钥/, 'the message names the act');
  await shot(page, 'passkey-02-code');
  await fill(page, 'code-input', code);
  await by(page, 'step-up-confirm').click();
  await by(page, 'passkey').waitFor();
  await by(page, 'passkey').scrollIntoViewIfNeeded();
  await shot(page, 'passkey-03-added');
  assert.equal((await keys_of(home.authenticator)).length, 1);
  for (let tries = 0; ; tries += 1) {
    if ((await sms_codes(phone)).some((one) => one.text.includes('添加了一个通行密钥'))) break;
    assert.ok(tries < 100, 'the owner is told of it');
    await page.waitForTimeout(200);
  }
});

step('signing in with it, in both languages; an answer is good once', async () => {
  const { page } = home;
  await by(page, 'sign-out').click();
  await by(page, 'sign-in-passkey').waitFor();
  await by(page, 'language').click();
  await see_title(page, /phone/i);
  await assert_fits(page, 'sign-in en');
  await shot(page, 'passkey-04-sign-in-en');
  await by(page, 'language').click();
  await shot(page, 'passkey-04-sign-in');
  const [sent] = await Promise.all([
    page.waitForRequest((request) => request.url().endsWith('/v1/auth/passkey-sessions')),
    by(page, 'sign-in-passkey').click(),
  ]);
  await by(page, 'account').waitFor();
  const again = await call(page, 'POST', '/v1/auth/passkey-sessions', sent.postDataJSON());
  assert.deepEqual([again.status, again.json.code], [422, 'auth.unknown_challenge'], 'replayed');
});

step('nobody at the sensor: it says so, and the code by SMS is still there', async () => {
  const { page, authenticator } = home;
  await by(page, 'account').click();
  await by(page, 'sign-out').click();
  await authenticator.device.send('WebAuthn.setUserVerified', { authenticatorId: authenticator.id, isUserVerified: false });
  await by(page, 'sign-in-passkey').click();
  await by(page, 'passkey-cancelled').waitFor();
  await shot(page, 'passkey-05-cancelled');
  await authenticator.device.send('WebAuthn.setUserVerified', { authenticatorId: authenticator.id, isUserVerified: true });
  await by(page, 'sign-in-passkey').click();
  await by(page, 'account').waitFor();
});

let stale; // a step-up that nobody answers in time

step('it approves an act: a new device is confirmed', async () => {
  fresh = await open_page(browser, PHONE);
  await sign_in_by_code(fresh.page, phone);
  await by(fresh.page, 'account').click();
  await by(fresh.page, 'passkeys').waitFor();
  const { page } = home;
  await by(page, 'account').click();
  await by(page, 'held').waitFor();
  await by(page, 'confirm-device').click();
  await by(page, 'step-up-action').waitFor();
  await by(page, 'step-up-confirm').scrollIntoViewIfNeeded();
  await shot(page, 'passkey-06-step-up');
  await by(page, 'step-up-confirm').click();
  await by(page, 'held').waitFor({ state: 'detached' });
  await by(page, 'close-account').click();
});

step('an answer for another act, another page, or of a copy is refused', async () => {
  const { page, authenticator } = home;
  const list = (await call(page, 'GET', '/v1/auth/sessions')).json.items;
  const other = list.find((one) => !one.current).session_id;
  const begin = async () => (await call(page, 'POST', `/v1/auth/sessions/${other}/device-challenge`, {})).json;
  const one = await begin();
  const another = await begin();
  const factor = (step_up, passkey) =>
    call(page, 'POST', `/v1/auth/step-ups/${step_up.challenge_id}/factors`, { passkey });
  const answer = await assertion(page, one.passkey.challenge);
  assert.equal((await factor(another, answer)).json.code, 'auth.passkey_refused', 'of another act');
  assert.equal((await factor(one, answer)).status, 200, 'of its own');

  const [key] = await keys_of(authenticator);
  const foreign = await browser.newContext();
  const elsewhere = await foreign.newPage();
  await elsewhere.goto(SANDBOX_URL.replace('127.0.0.1', 'localhost'));
  await put_key(await with_authenticator(elsewhere), key);
  const challenge = await begin_sign_in(page);
  const phished = await assertion(elsewhere, challenge);
  const refused = await finish_sign_in(page, challenge, phished);
  assert.equal(refused.json.code, 'auth.passkey_refused', 'on another page of the same host');
  assert.match(refused.json.detail, /wrong_origin/);
  await foreign.close();

  const good = await begin_sign_in(page);
  assert.equal((await finish_sign_in(page, good, await assertion(page, good))).status, 201);
  await put_key(authenticator, key); // as it was before: the counter goes back
  const copied = await begin_sign_in(page);
  const of_copy = await finish_sign_in(page, copied, await assertion(page, copied));
  assert.match(of_copy.json.detail, /counter_rolled_back/);
  stale = await begin();
});

step('an answer that comes too late is refused', async () => {
  const { page } = home;
  const answer = await assertion(page, stale.passkey.challenge);
  const late = new Date(stale.expires_at) - Date.now() + 1500;
  assert.ok(late < 125_000, 'two minutes');
  await page.waitForTimeout(Math.max(0, late));
  const said = await call(page, 'POST', `/v1/auth/step-ups/${stale.challenge_id}/factors`, { passkey: answer });
  assert.deepEqual([said.status, said.json.code], [422, 'auth.expired_code']);
});

step('removed with a code by SMS, it opens nothing, and the account waits a day', async () => {
  const { page } = home;
  await page.reload();
  await by(page, 'account').click();
  await by(page, 'remove-passkey').click();
  await by(page, 'step-up-action').waitFor();
  await shot(page, 'passkey-07-remove');
  const seen = (await sms_codes(phone)).length;
  await by(page, 'step-up-use-sms_code').click();
  const { code, text } = await new_sms_code(phone, seen);
  assert.match(text, /删除通行密钥/, 'the message names the act');
  await fill(page, 'code-input', code);
  await by(page, 'step-up-confirm').click();
  await by(page, 'passkey').waitFor({ state: 'detached' });
  await by(page, 'sessions').scrollIntoViewIfNeeded();
  await page.reload();
  await by(page, 'account').click();
  await by(page, 'held').first().waitFor();
  await shot(page, 'passkey-08-held');
  await by(page, 'sign-out').click();
  await by(page, 'sign-in-passkey').click();
  await page.locator('[data-code="auth.unknown_passkey"]').waitFor();
  await shot(page, 'passkey-09-removed');
});

step('the pages did nothing they must not', () => {
  assert.deepEqual(home.faults, []);
  assert.deepEqual(fresh.faults, []);
});
