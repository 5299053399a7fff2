const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** A length of time in its two largest units: `3 days 4 hr`, `25 min`. */
export function formatLength(seconds: number, locale = 'en'): string {
  const parts: string[] = [];
  let rest = Math.max(60, seconds);
  for (const [unit, length] of units) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) {
      parts.push(
        new Intl.NumberFormat(locale, {
          style: 'unit',
          unit,
          unitDisplay: unit === 'day' ? 'long' : 'short',
        }).format(count),
      );
    } else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}
