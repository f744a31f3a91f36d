// Money, rates and dates for people. All arithmetic on decimal strings: no floating point near money.
import type { Language } from './language';

/** "10000.00" → "10,000.00". */
export function money(amount: string): string {
  const [whole = '', cents = ''] = amount.split('.');
  return `${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}${cents ? `.${cents}` : ''}`;
}

export function yuan(amount: string): string {
  return `¥${money(amount)}`;
}

/** A fraction as a percentage with two decimals, half up: "0.074425" → "7.44%". */
export function percent(rate: string): string {
  const [whole = '0', fraction = ''] = rate.split('.');
  const digits = BigInt(whole + fraction.padEnd(6, '0').slice(0, 6));
  const hundredths = (digits + 50n) / 100n;
  const text = hundredths.toString().padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}%`;
}

/** "10000" or "10000.5" → "10000.00"; nothing if it is no amount. */
export function to_amount(text: string): string | undefined {
  const match = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(text.trim().replaceAll(',', ''));
  if (!match?.[1]) return undefined;
  return `${BigInt(match[1])}.${(match[2] ?? '').padEnd(2, '0')}`;
}

/** Minor units of an amount, for comparisons and steps. */
export function minor(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}

/** "2026-12-22" → "2026年12月22日" or "22 Dec 2026". */
export function day(date: string, language: Language): string {
  const [year = '', month = '', of_month = ''] = date.split('-');
  if (language === 'zh') return `${year}年${Number(month)}月${Number(of_month)}日`;
  const names = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
  return `${Number(of_month)} ${names[Number(month) - 1]} ${year}`;
}

/** An instant in the reader's own time zone, to the minute. */
export function moment(instant: string, language: Language): string {
  // Swedish is the locale whose short form is ISO 8601.
  const options = {
    dateStyle: language === 'zh' ? 'short' : 'medium',
    timeStyle: 'short',
  } as const;
  return new Intl.DateTimeFormat(language === 'zh' ? 'sv-SE' : 'en-GB', options).format(
    new Date(instant),
  );
}

/** Calendar months that two days and what lies between them touch: 2026-01-15 to 2026-03-01 are three. */
export function months_touched(from: string, to: string): number {
  const [from_year = 0, from_month = 0] = from.split('-').map(Number);
  const [to_year = 0, to_month = 0] = to.split('-').map(Number);
  return Math.max(0, (to_year - from_year) * 12 + to_month - from_month + 1);
}
