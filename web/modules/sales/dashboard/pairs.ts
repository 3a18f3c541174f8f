type Sized = { width: number; height: number };

/**
 * Where there is room for two tiles side by side: which one would have nothing beside it, though it is for half of the
 * room.
 */
export function alone(tiles: readonly Sized[]): boolean[] {
  const found = tiles.map(() => false);
  for (let at = 0; at < tiles.length; at++) {
    const [one, next] = [tiles[at]!, tiles[at + 1]];
    if (one.width > 1) continue;
    if (next?.width === 1 && next.height === one.height) at++;
    else found[at] = true;
  }
  return found;
}

/**
 * On a phone: which tiles share a row with another one. Two figures beside each other do, and each other tile has the
 * row.
 */
export function halves(tiles: readonly { chart: string }[]): boolean[] {
  const isFigure = tiles.map(({ chart }) => chart === 'number');
  const isAlone = alone(isFigure.map((figure) => ({ width: figure ? 1 : 2, height: 1 })));
  return isFigure.map((figure, place) => figure && !isAlone[place]);
}
