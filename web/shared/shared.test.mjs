import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { runnerImport } from 'vite';

const load = async (name) =>
  (
    await runnerImport(fileURLToPath(new URL(name, import.meta.url)), {
      configFile: false,
      logLevel: 'error',
    })
  ).module;

test('identity numbers: check digit and birth date decide', async () => {
  const { is_id_number, normal_id_number } = await load('./id_number.ts');
  assert.equal(is_id_number('11010519491231002X'), true);
  assert.equal(is_id_number('110105194912310021'), false, 'wrong check digit');
  assert.equal(is_id_number('11010519490231002X'), false, '31 February');
  assert.equal(is_id_number('1101051949123100'), false, 'too short');
  assert.equal(normal_id_number(' 110105 19491231 002x '), '11010519491231002X');
});

test('money: grouped, two decimals, nothing guessed', async () => {
  const { money, to_amount, minor } = await load('./format.ts');
  assert.equal(money('1234567.80'), '1,234,567.80');
  assert.equal(money('-1234.00'), '-1,234.00');
  assert.equal(to_amount('10000'), '10000.00');
  assert.equal(to_amount('0866.1'), '866.10');
  assert.equal(to_amount('12.345'), undefined);
  assert.equal(to_amount('abc'), undefined);
  assert.equal(minor('866.19'), 86619n);
});

test('rates: percent with two decimals, half up', async () => {
  const { percent } = await load('./format.ts');
  assert.equal(percent('0.072001'), '7.20%');
  assert.equal(percent('0.074425'), '7.44%');
  assert.equal(percent('0.07445'), '7.45%');
  assert.equal(percent('0'), '0.00%');
  assert.equal(percent('1.5'), '150.00%');
});

test('dates in both languages', async () => {
  const { day } = await load('./format.ts');
  assert.equal(day('2026-12-02', 'zh'), '2026年12月2日');
  assert.equal(day('2026-12-02', 'en'), '2 Dec 2026');
});

test('markdown: blocks become nodes, markup stays text', async () => {
  const { blocks } = await load('./markdown.ts');
  const nodes = blocks(
    '# 标题\n\n第一段 **重点**\n\n- 一\n- 二\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<b>x</b>',
  );
  assert.deepEqual(
    nodes.map((node) => node.type),
    ['h2', 'p', 'ul', 'div', 'p'],
  );
  assert.equal(nodes[2].children.length, 2);
  assert.equal(nodes[3].children[0].children[1].children.length, 1, 'one body row');
  assert.deepEqual(nodes[4].children, ['<b>x</b>']);
});

// Dynamic keys (`$t(`verify.${state}_title`)`) are not seen here; the browser tests walk through them.
for (const site of ['borrower', 'console']) {
  test(`${site}: every text that a template names exists`, async () => {
    const { zh } = await load(`../${site}/messages.zh.ts`);
    const folder = fileURLToPath(new URL(`../${site}/`, import.meta.url));
    const files = (await readdir(folder, { recursive: true })).filter((name) =>
      name.endsWith('.vue'),
    );
    let keys = 0;
    for (const name of files) {
      const text = await readFile(folder + name, 'utf8');
      for (const [, key] of text.matchAll(/\$?\bt\(\s*'([a-z_.0-9]+)'/g)) {
        keys += 1;
        const found = key.split('.').reduce((at, part) => at?.[part], zh);
        assert.equal(typeof found, 'string', `${name}: ${key}`);
      }
    }
    assert.ok(keys > 20, `${keys} keys found`);
  });
}

test('places: the part around corners stays inside of the picture', async () => {
  const { part_around, scaled } = await load('./places.ts');
  const size = { width: 100, height: 50 };
  const corners = [
    { x: 10, y: 10 },
    { x: 30, y: 10 },
    { x: 30, y: 20 },
    { x: 10, y: 20 },
  ];
  assert.deepEqual(part_around(corners, size, 0.5), { x: 5, y: 5, width: 30, height: 20 });
  assert.deepEqual(part_around(corners, size, 9), { x: 0, y: 0, width: 100, height: 50 });
  assert.equal(part_around([], size, 1), undefined);
  assert.equal(part_around([{ x: 200, y: 200 }], size, 0), undefined, 'outside');
  assert.deepEqual(scaled([{ x: 72, y: 36 }], 150 / 72), [{ x: 150, y: 75 }]);
});

test('a period touches calendar months', async () => {
  const { months_touched } = await load('./format.ts');
  assert.equal(months_touched('2026-01-15', '2026-03-01'), 3);
  assert.equal(months_touched('2025-12-31', '2026-01-01'), 2);
  assert.equal(months_touched('2026-03-01', '2026-01-01'), 0, 'the wrong way round');
});

test('waiting grows and stops growing', async () => {
  const { backing_off } = await load('./backing_off.ts');
  assert.equal(backing_off(1), 1000);
  assert.ok(backing_off(3) > backing_off(2));
  assert.equal(backing_off(50), 10_000);
});

test('card numbers: length and check digit decide, groups of four are for the eye', async () => {
  const { card_digits, grouped, is_card_number } = await load('./card_number.ts');
  assert.equal(grouped('6222020200112233446'), '6222 0202 0011 2233 446');
  assert.equal(grouped('6222 02020-0'), '6222 0202 00', 'as far as it is typed');
  assert.equal(grouped('62220202'), '6222 0202', 'no blank at the end');
  assert.equal(card_digits('６２２２ 0202'), '62220202');
  assert.equal(is_card_number('6222020200112233446'), true);
  assert.equal(is_card_number('6222020200112233447'), false, 'a wrong check digit');
  assert.equal(is_card_number('6222020200112233464'), false, 'neighbours changed places');
  assert.equal(is_card_number('42'.padEnd(14, '0')), false, 'too short');
  assert.equal(is_card_number('0'.repeat(20)), false, 'too long');
});
