// Resident identity number, GB 11643: what the page can check before anything is sent.
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';

/** Without spaces, the final x as X. */
export function normal_id_number(text: string): string {
  return text.replace(/\s/g, '').toUpperCase();
}

function has_real_birth_date(number: string): boolean {
  const year = Number(number.slice(6, 10));
  const month = Number(number.slice(10, 12));
  const day_of_month = Number(number.slice(12, 14));
  const date = new Date(Date.UTC(year, month - 1, day_of_month));
  return (
    year >= 1900 &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day_of_month
  );
}

export function is_id_number(number: string): boolean {
  if (!/^[1-9]\d{16}[\dX]$/.test(number)) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(number[index]), 0);
  return number[17] === CHECK_DIGITS[sum % 11] && has_real_birth_date(number);
}
