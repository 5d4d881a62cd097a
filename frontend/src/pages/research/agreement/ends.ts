/** Of many rows in order the first and the last: those that stand out. */
export function ends<Row>(rows: readonly Row[], most: number): readonly Row[] {
  return rows.length <= most ? rows : [...rows.slice(0, most / 2), ...rows.slice(-most / 2)];
}
