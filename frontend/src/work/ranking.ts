/** Moving lettered cards between the tray and the ranks. Pure: each function gives a new ranking. */

/** One list of candidate ids for each rank, best first. */
export type Ranking = string[][];

export function rankOf(ranking: Ranking, id: string): number | null {
  const rank = ranking.findIndex((tier) => tier.includes(id));
  return rank < 0 ? null : rank;
}

/** Puts a card into a rank (0 is best), beside what is there: a tie. Null puts it back into the tray. */
export function place(ranking: Ranking, id: string, rank: number | null): Ranking {
  if (rank !== null && (rank < 0 || rank >= ranking.length)) return ranking;
  if (rankOf(ranking, id) === rank) return ranking;
  return ranking.map((tier, index) => {
    const others = tier.filter((other) => other !== id);
    return index === rank ? [...others, id] : others;
  });
}

/** One rank to the left (-1) or right (+1). From the tray, right leads to the best rank and left to the worst. */
export function shift(ranking: Ranking, id: string, step: -1 | 1): Ranking {
  const rank = rankOf(ranking, id);
  if (rank === null) return place(ranking, id, step === 1 ? 0 : ranking.length - 1);
  return place(ranking, id, Math.min(Math.max(rank + step, 0), ranking.length - 1));
}

/** The ranking that the ratings say: equal ratings are ties, the ranks close up. Unrated outputs stay in the tray. */
export function fromRatings(ratings: readonly { candidate: string; overall: number | null }[]): Ranking {
  const values = [...new Set(ratings.flatMap(({ overall }) => (overall === null ? [] : [overall])))].sort((a, b) => b - a);
  return ratings.map((_, rank) =>
    ratings.filter(({ overall }) => overall !== null && overall === values[rank]).map(({ candidate }) => candidate),
  );
}

export interface Contradiction {
  /** The one that is ranked above although it is rated below. */
  above: string;
  below: string;
}

/** Pairs whose ratings and ranks say opposite things. A tie, in either, contradicts nothing. */
export function contradictions(
  ranking: Ranking,
  ratings: readonly { candidate: string; overall: number | null }[],
): Contradiction[] {
  const found: Contradiction[] = [];
  for (const first of ratings) {
    for (const second of ratings) {
      const firstRank = rankOf(ranking, first.candidate);
      const secondRank = rankOf(ranking, second.candidate);
      if (firstRank === null || secondRank === null || first.overall === null || second.overall === null) continue;
      if (firstRank < secondRank && first.overall < second.overall) {
        found.push({ above: first.candidate, below: second.candidate });
      }
    }
  }
  return found;
}
