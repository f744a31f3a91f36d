// Somebody the authority does not know: the verification waits for a person, staff look at the photos and
// decide, and the borrower's page goes on by itself. Needs what borrower.mjs and console.mjs need; the
// person of MQ_PERSON lends the photos, name and number are made up.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before } from 'node:test';

import {
  by,
  DESKTOP,
  fill,
  open_browser,
  open_page,
  PHONE,
  read_person,
  see_title,
  send_identity,
  shot,
  sign_in_and_consent,
  STAFF_PASSWORD,
  STAFF_USER,
  staff_sign_in,
  steps,
} from './support.mjs';

let person;
let close;
let borrower;
let staff;

// A number with a valid check character in a district that no longer exists.
function made_up_id_number() {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const body = `11010319${randomInt(70, 99)}0${randomInt(1, 10)}1${randomInt(0, 10)}${randomInt(100, 1000)}`;
  const sum = weights.reduce((total, weight, index) => total + weight * Number(body[index]), 0);
  return body + '10X98765432'[sum % 11];
}

before(async () => {
  const known = await read_person();
  person = {
    ...known,
    name: '李未知',
    id_number: made_up_id_number(),
    phone: `139${randomInt(10_000_000, 100_000_000)}`,
  };
  let browser;
  ({ browser, close } = await open_browser({ camera: person.selfie_path }));
  borrower = await open_page(browser, PHONE);
  staff = await open_page(browser, DESKTOP);
});
after(() => close?.());

const step = steps(() => borrower.page);

step('the borrower is told that a person looks at it', async () => {
  await sign_in_and_consent(borrower.page, person.phone);
  await send_identity(borrower.page, person);
  await by(borrower.page, 'verification-review').waitFor({ timeout: 60_000, state: 'attached' });
  await see_title(borrower.page, /人工审核/);
  await shot(borrower.page, 'review-01-borrower-waits');
});

step('staff see the evidence and decide with a reason', async () => {
  const { page } = staff;
  await staff_sign_in(page, STAFF_USER, STAFF_PASSWORD);
  await by(page, 'reviews').getByTestId('open').first().click();
  await by(page, 'facts').waitFor();
  assert.match(await by(page, 'facts').innerText(), /0\.\d{4}/, 'staff see the similarity');
  for (const kind of ['card', 'selfie']) await by(page, `photo-${kind}`).locator('img').waitFor();
  assert.ok(!(await page.content()).includes(person.id_number), 'the number is masked');
  assert.equal(await by(page, 'decide-submit').isDisabled(), true, 'nothing is decided beforehand');
  await by(page, 'outcome-pass').click();
  await fill(page, 'reason', '证件与自拍为同一人，已电话核实');
  await shot(page, 'review-02-staff', { full: true });
  await by(page, 'decide-submit').click();
  await page.waitForFunction(
    () => document.querySelector('[data-testid=verification-state]')?.dataset.state === 'passed',
  );
  await shot(page, 'review-03-decided');
});

step('the borrower goes on without touching anything', async () => {
  await by(borrower.page, 'verification-passed').waitFor({ state: 'attached' });
  await by(borrower.page, 'verification-continue').click();
  await see_title(borrower.page, /想借多少/);
});

step('the pages did nothing they must not', () => {
  assert.deepEqual([...borrower.faults, ...staff.faults], []);
});
