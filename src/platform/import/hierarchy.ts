/**
 * Circles among records that name their parent: `[['Acme', 'Beta']]` when they are each other's parents, `[['Acme']]`
 * when one is its own. A record has one parent, so every circle is found by walking up once.
 */
export function findCircles(parents: ReadonlyMap<string, string>): string[][] {
  const visited = new Set<string>();
  const circles: string[][] = [];
  for (const start of parents.keys()) {
    const path = new Map<string, number>();
    let name: string | undefined = start;
    while (name !== undefined && !visited.has(name) && !path.has(name)) {
      path.set(name, path.size);
      name = parents.get(name);
    }
    const entry = name === undefined ? undefined : path.get(name);
    if (entry !== undefined) circles.push([...path.keys()].slice(entry));
    for (const passed of path.keys()) visited.add(passed);
  }
  return circles;
}
