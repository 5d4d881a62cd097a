/** In how many milliseconds to ask again while newer judgments are not in the figures yet; false where all are. */
export function whileCounting(figures: { counting: number; as_of: string | null } | undefined): number | false {
  return figures && (figures.counting > 0 || figures.as_of) ? 5000 : false;
}
