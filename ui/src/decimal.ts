// Exact arithmetic on amounts, which are decimal strings.

interface Decimal {
  digits: bigint;
  /** How many of the digits stand behind the point. */
  scale: number;
}

function parse(amount: string): Decimal {
  const [whole = '0', fraction = ''] = amount.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

function format({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  const fraction = text.slice(text.length - scale).replace(/0+$/, '');
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** The exact sum. */
export function sum(amounts: Iterable<string>): string {
  let [digits, scale] = [0n, 0];
  for (const amount of amounts) {
    const one = parse(amount);
    const common = Math.max(scale, one.scale);
    digits = digits * 10n ** BigInt(common - scale) + one.digits * 10n ** BigInt(common - one.scale);
    scale = common;
  }
  return format({ digits, scale });
}

/** Whether an amount is nothing. */
export function isZero(amount: string): boolean {
  return !/[1-9]/.test(amount);
}
