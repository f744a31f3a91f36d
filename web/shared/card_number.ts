// Bank card numbers, ISO/IEC 7812-1: what the page can check before anything is sent.

/** The digits alone, of full width as well. */
export function card_digits(text: string): string {
  return text.normalize('NFKC').replace(/\D/g, '');
}

/** In groups of four: "6222 0202 0011 2233 446". */
export function grouped(text: string): string {
  return card_digits(text).replace(/\d{4}(?=\d)/g, '$& ');
}

/** 15 to 19 digits with the right check digit (Luhn). */
export function is_card_number(number: string): boolean {
  if (!/^\d{15,19}$/.test(number)) return false;
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
