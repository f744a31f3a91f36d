'use strict';

const modes = {
  none: '正常 none',
  slow: '缓慢 slow',
  down: '停机 down',
  wrong_signature: '签名错误 wrong signature',
  error: '报错 error',
};
const paymentModes = {
  ...modes,
  duplicate: '重复通知 duplicate',
  lost_answer: '应答丢失 lost answer',
  decline: '银行拒绝 decline',
};
const partners = {
  authority: ['权威照片源 Authority', modes],
  sms: ['短信网关 SMS', modes],
  payment: ['支付通道 Payment', paymentModes],
};
const kinds = { payout: '放款 payout', debit: '扣款 debit' };
const states = { accepted: '已受理 accepted', succeeded: '成功 succeeded', failed: '失败 failed' };

// Builds elements with text nodes only: whatever a partner was sent is shown, never interpreted.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function time(iso) {
  return new Date(iso).toLocaleString('zh-CN', { hour12: false });
}

const shown = {};

async function refresh(name, path, render) {
  const text = await (await fetch(path)).text();
  if (shown[name] === text) return;
  shown[name] = text;
  render(document.getElementById(name), JSON.parse(text));
}

function renderList(list, items, row) {
  list.replaceChildren(...items.map(row));
  if (items.length === 0) list.append(make('li', { class: 'meta' }, '暂无 nothing yet'));
}

function smsRow(sms) {
  const row = make('li', {}, make('div', { class: 'meta' }, `${sms.phone} · ${time(sms.at)}`));
  if (sms.code) row.append(make('div', { class: 'code' }, sms.code));
  row.append(make('div', {}, sms.text));
  return row;
}

function authenticatorRow(one) {
  return make('li', {},
    make('div', { class: 'row' }, make('div', {}, one.account),
      make('div', { class: 'meta' }, `${one.seconds_left} s`)),
    make('div', { class: 'code' }, one.code),
    make('div', { class: 'meta' }, one.secret));
}

function paymentRow(payment) {
  const notified = payment.notified ? '已通知 notified' : '待通知 not yet notified';
  return make('li', {},
    make('div', { class: 'row' },
      make('div', {}, `${kinds[payment.kind]} · ${payment.card_masked}`),
      make('div', { class: 'amount' }, `¥ ${payment.amount}`)),
    make('div', { class: 'row' },
      make('div', { class: 'meta' }, `${time(payment.at)} · ${notified}`),
      make('span', { class: `tag ${payment.state}` }, states[payment.state])));
}

function personRow(person) {
  const picture = person.photo
    ? make('img', { src: person.photo, alt: `${person.name} 的照片 photo` })
    : make('span', { class: 'none' }, '无照片');
  return make('li', { class: 'person' }, picture,
    make('div', {}, make('div', {}, person.name),
      make('div', { class: 'meta' }, [person.id_number, person.phone].filter(Boolean).join(' · '))));
}

async function putFault(partner, mode, delay) {
  const answer = await fetch('/sandbox/faults', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ [partner]: { mode: mode.value, delay_ms: Number(delay.value) } }),
  });
  const status = document.getElementById('faults-status');
  status.className = answer.ok ? '' : 'bad';
  status.textContent = answer.ok ? '已生效 set' : '设置无效 refused';
}

function renderFaults(box, faults) {
  if (box.contains(document.activeElement)) {
    delete shown.faults;
    return;
  }
  box.replaceChildren(...Object.entries(partners).map(([partner, [title, choices]]) => {
    const { mode: current, delay_ms: delay_ms } = faults[partner];
    const mode = make('select', {}, ...Object.entries(choices).map(
      ([value, text]) => make('option', { value, selected: value === current && '' }, text)));
    const delay = make('input', { type: 'number', min: 0, max: 60000, step: 100, value: delay_ms });
    for (const control of [mode, delay]) {
      control.addEventListener('change', () => {
        control.blur();
        putFault(partner, mode, delay);
      });
    }
    return make('div', { class: current === 'none' ? 'fault' : 'fault on' },
      make('label', {}, title, mode), make('label', {}, '延迟 delay ms', delay));
  }));
}

async function refreshAll() {
  try {
    await Promise.all([
      refresh('sms', '/sandbox/sms', (list, data) => renderList(list, data.items, smsRow)),
      refresh('authenticators', '/sandbox/authenticators',
        (list, data) => renderList(list, data.items, authenticatorRow)),
      refresh('payments', '/sandbox/payments',
        (list, data) => renderList(list, data.items, paymentRow)),
      refresh('people', '/sandbox/people', (list, data) => renderList(list, data.items, personRow)),
      refresh('faults', '/sandbox/faults', renderFaults),
    ]);
  } catch {
    document.getElementById('faults-status').textContent = '连接中断，重试中 connection lost, retrying';
  }
  setTimeout(refreshAll, 2000);
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

document.getElementById('enrol').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const data = new FormData(form);
  const person = { name: data.get('name').trim(), id_number: data.get('id_number').toUpperCase() };
  const photo = data.get('photo');
  if (photo.size > 0) person.photo_base64 = await base64(photo);
  const answer = await fetch('/sandbox/people', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(person),
  });
  const status = document.getElementById('enrol-status');
  status.className = answer.ok ? '' : 'bad';
  status.textContent = answer.ok ? '已登记 enrolled'
    : '未登记：请检查照片格式（JPEG、PNG、WebP，不超过 8 MiB） not enrolled: check the photo';
  if (answer.ok) form.reset();
});

document.getElementById('authenticator').addEventListener('submit', async (event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  const answer = await fetch('/sandbox/authenticators', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      account: data.get('account').trim(),
      secret: data.get('secret').replaceAll(' ', '').toUpperCase(),
    }),
  });
  const status = document.getElementById('authenticator-status');
  status.className = answer.ok ? '' : 'bad';
  status.textContent = answer.ok ? '已加入 added' : '未加入：请检查密钥 not added: check the secret';
  if (answer.ok) event.target.reset();
});

refreshAll();
