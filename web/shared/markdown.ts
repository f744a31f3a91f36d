// The small part of Markdown that notices and contracts use, as virtual nodes: headings, paragraphs,
// lists, tables, quotes, rules, bold, code. No HTML passes through, so no text can become markup.
import { defineComponent, h, type VNode } from 'vue';

function inline(text: string): (VNode | string)[] {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (part.startsWith('**') && part.length > 4) return h('strong', part.slice(2, -2));
    if (part.startsWith('`') && part.length > 2) return h('code', part.slice(1, -1));
    return part;
  });
}

function cells(row: string): string[] {
  return row
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());
}

// Figures and dates stay on one line.
function cell_node(text: string): VNode {
  return h('td', /^[\d.,:%¥-]+$/.test(text) ? { class: 'figure' } : {}, inline(text));
}

function table(lines: string[]): VNode {
  const [head = '', , ...rows] = lines;
  const header = h(
    'tr',
    cells(head).map((cell) => h('th', { scope: 'col' }, inline(cell))),
  );
  const body = rows.map((row) => h('tr', cells(row).map(cell_node)));
  return h('div', { class: 'table-wrap' }, [h('table', [h('thead', [header]), h('tbody', body)])]);
}

const BULLET = /^\s*[-*]\s+/;
const NUMBER = /^\s*\d+[.)、]\s+/;
const HEADING = /^(#{1,6})\s+(.*)$/;

function starts_block(line: string): boolean {
  return /^(#{1,6}\s|>|---+\s*$|\|)/.test(line) || BULLET.test(line) || NUMBER.test(line);
}

export function blocks(text: string): VNode[] {
  const lines = text.split(/\r?\n/);
  const out: VNode[] = [];
  let at = 0;
  const take = (test: (line: string) => boolean) => {
    const from = at;
    while (at < lines.length && test(lines[at] ?? '')) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = HEADING.exec(line);
    if (!line.trim()) {
      at += 1;
    } else if (heading) {
      // The screen has the only h1.
      out.push(h(`h${Math.min(6, (heading[1]?.length ?? 1) + 1)}`, inline(heading[2] ?? '')));
      at += 1;
    } else if (/^---+\s*$/.test(line)) {
      out.push(h('hr'));
      at += 1;
    } else if (line.startsWith('|')) {
      out.push(table(take((next) => next.startsWith('|'))));
    } else if (line.startsWith('>')) {
      const quote = take((next) => next.startsWith('>')).map((next) => next.replace(/^>\s?/, ''));
      out.push(h('blockquote', blocks(quote.join('\n'))));
    } else if (BULLET.test(line)) {
      out.push(
        h(
          'ul',
          take((next) => BULLET.test(next)).map((next) =>
            h('li', inline(next.replace(BULLET, ''))),
          ),
        ),
      );
    } else if (NUMBER.test(line)) {
      out.push(
        h(
          'ol',
          take((next) => NUMBER.test(next)).map((next) =>
            h('li', inline(next.replace(NUMBER, ''))),
          ),
        ),
      );
    } else {
      at += 1;
      const more = take((next) => next.trim() !== '' && !starts_block(next));
      out.push(h('p', inline([line, ...more].join('\n'))));
    }
  }
  return out;
}

export const MarkdownText = defineComponent({
  name: 'MarkdownText',
  props: { text: { type: String, required: true } },
  setup: (props) => () => h('div', { class: 'markdown' }, blocks(props.text)),
});
