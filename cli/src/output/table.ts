/** Columns for people: padded, two spaces apart, no trailing spaces. Scripts use --output json. */
export type Cell = string | number;

/** Numbers are aligned to the right. Ends in a newline. */
export function table(heading: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const numeric = heading.map((_title, column) =>
    rows.every((row) => typeof row[column] === 'number'),
  );
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numeric[column] === true ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return `${[heading, ...rows].map(line).join('\n')}\n`;
}
