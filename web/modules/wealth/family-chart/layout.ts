/** What a family chart is drawn from. */
export interface ChartNode {
  id: string;
  kind: 'person' | 'entity';
}
export interface ChartLink {
  /** `spouse` and `parent` between people; whatever else leads from whoever has a part in an entity to that entity. */
  kind: string;
  from: string;
  to: string;
  /** No longer: a marriage that ended. */
  over: boolean;
}

export const node_width = 150;
export const node_height = 44;
const gap = 28;
const row_gap = 96;
/** How far below its row a marriage stands; further ones of the same people stand below it. */
const marriage_drop = 16;
const marriage_step = 12;

interface Point {
  x: number;
  y: number;
}
/** Two who are or were married, as a point between and below them, from which their children hang. */
export interface Marriage extends Point {
  partners: readonly [string, string];
  over: boolean;
}
export interface Chart {
  width: number;
  height: number;
  /** The top left corner of each node, row by row. */
  nodes: ReadonlyMap<string, Point>;
  marriages: readonly Marriage[];
  /** Children of a marriage, or of one parent alone. */
  descents: readonly { from: Marriage | string; to: string }[];
  stakes: readonly ChartLink[];
  /** Where a stake that passes other rows goes down beside their nodes. */
  detours: ReadonlyMap<ChartLink, number>;
}

/** People who are married to each other, directly or through others, side by side; or one who is not; or an entity. */
interface Cluster {
  ids: string[];
  row: number;
  x: number;
}

const widthOf = ({ ids }: Cluster) => ids.length * node_width + (ids.length - 1) * gap;

/**
 * Lays a family out by generations: spouses beside each other, children below the marriage that they come from,
 * entities below all people and those that others own below these. What turns in a circle is cut where it closes.
 */
export function layoutFamily(nodes: readonly ChartNode[], links: readonly ChartLink[]): Chart {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const drawn = links.filter(({ from, to }) => from !== to && known.has(from) && known.has(to));
  const spouses = drawn.filter(({ kind }) => kind === 'spouse');
  const parents = drawn.filter(({ kind }) => kind === 'parent');
  const stakes = drawn.filter(({ kind }) => kind !== 'spouse' && kind !== 'parent');
  const clusterOf = clustersOf(nodes, spouses);
  const clusters = [...new Set(clusterOf.values())];
  rank(clusters, clusterOf, known, parents, stakes);
  const rows = rowsOf(clusters, clusterOf, parents);
  const above = (cluster: Cluster) =>
    [...parents, ...stakes]
      .filter(({ to, from }) => clusterOf.get(to) === cluster && clusterOf.get(from) !== cluster)
      .map(({ from }) => from);
  const below = (cluster: Cluster) =>
    [...parents, ...stakes]
      .filter(({ to, from }) => clusterOf.get(from) === cluster && clusterOf.get(to) !== cluster)
      .map(({ to }) => to);
  const middle = (id: string) => {
    const cluster = clusterOf.get(id)!;
    return cluster.x + cluster.ids.indexOf(id) * (node_width + gap) + node_width / 2;
  };
  for (const row of rows) place(row, above, middle);
  for (const row of rows.toReversed()) place(row, below, middle);
  for (const row of rows) place(row, above, middle);
  const detours = new Map(
    stakes.flatMap((stake) => {
      const x = detour(rows, clusterOf.get(stake.from)!, clusterOf.get(stake.to)!, [
        middle(stake.from),
        middle(stake.to),
      ]);
      return x === undefined ? [] : [[stake, x] as const];
    }),
  );
  const left = Math.min(0, ...clusters.map(({ x }) => x), ...detours.values());
  for (const cluster of clusters) cluster.x -= left;
  for (const [stake, x] of detours) detours.set(stake, x - left);
  const at = (id: string): Point => ({
    x: middle(id) - node_width / 2,
    y: clusterOf.get(id)!.row * (node_height + row_gap),
  });
  const ordered = rows.flatMap((row) => row.flatMap(({ ids }) => ids));
  const marriages = spouses.map(({ from, to, over }, index): Marriage => {
    const before = spouses.slice(0, index).filter((each) => clusterOf.get(each.from) === clusterOf.get(from)).length;
    const x = (middle(from) + middle(to)) / 2;
    return { partners: [from, to], over, x, y: at(from).y + node_height + marriage_drop + before * marriage_step };
  });
  return {
    width: Math.max(0, ...clusters.map((cluster) => cluster.x + widthOf(cluster)), ...detours.values()),
    height: Math.max(0, ...clusters.map(({ row }) => row * (node_height + row_gap) + node_height + marriage_drop * 2)),
    nodes: new Map(ordered.map((id) => [id, at(id)])),
    marriages,
    descents: descentsOf(parents, marriages),
    stakes,
    detours,
  };
}

/** Where a line between two rows passes the nodes of those between them; none where no node is in its way. */
function detour(
  rows: readonly (readonly Cluster[])[],
  from: Cluster,
  to: Cluster,
  ends: readonly [number, number],
): number | undefined {
  const between = rows.flat().filter(({ row }) => row > from.row && row < to.row);
  const isFree = (x: number) =>
    between.every((cluster) => x <= cluster.x - gap / 2 || x >= cluster.x + widthOf(cluster) + gap / 2);
  const straight = (ends[0] + ends[1]) / 2;
  if (ends.every(isFree) && isFree(straight)) return undefined;
  const sides = between.flatMap((cluster) => [cluster.x - gap / 2, cluster.x + widthOf(cluster) + gap / 2]);
  const length = (x: number) => Math.abs(ends[0] - x) + Math.abs(ends[1] - x);
  return sides.filter(isFree).sort((a, b) => length(a) - length(b))[0];
}

/** Whoever is married stands beside whom they are married to: somebody with two marriages between both. */
function clustersOf(nodes: readonly ChartNode[], spouses: readonly ChartLink[]): Map<string, Cluster> {
  const partners = (id: string) => spouses.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []));
  const found = new Map<string, Cluster>();
  const byMarriages = nodes.toSorted((a, b) => partners(a.id).length - partners(b.id).length);
  const place = (id: string, cluster: Cluster) => {
    if (found.has(id)) return;
    found.set(id, cluster);
    cluster.ids.push(id);
    for (const partner of partners(id)) place(partner, cluster);
  };
  // Who has one marriage begins, so that who has two comes between.
  for (const { id } of byMarriages) if (partners(id).length > 0) place(id, found.get(id) ?? { ids: [], row: 0, x: 0 });
  const singles = nodes.filter(({ id }) => !found.has(id));
  for (const { id } of singles) found.set(id, { ids: [id], row: 0, x: 0 });
  // In the order in which they were given.
  return new Map(nodes.map(({ id }) => [id, found.get(id)!]));
}

function rank(
  clusters: readonly Cluster[],
  clusterOf: ReadonlyMap<string, Cluster>,
  known: ReadonlyMap<string, ChartNode>,
  parents: readonly ChartLink[],
  stakes: readonly ChartLink[],
): void {
  const rowsFrom = (links: readonly ChartLink[], first: number, of: readonly Cluster[]) => {
    const upper = new Map(
      of.map((cluster) => [
        cluster,
        links.filter(({ to }) => clusterOf.get(to) === cluster).map(({ from }) => clusterOf.get(from)!),
      ]),
    );
    const done = new Map<Cluster, number>();
    const depth = (cluster: Cluster, path: readonly Cluster[]): number => {
      const there = done.get(cluster);
      if (there !== undefined) return there;
      const over = (upper.get(cluster) ?? []).filter(
        (each) => each !== cluster && !path.includes(each) && upper.has(each),
      );
      const row = Math.max(-1, ...over.map((each) => depth(each, [...path, cluster]))) + 1;
      done.set(cluster, row);
      return row;
    };
    for (const cluster of of) cluster.row = first + depth(cluster, []);
  };
  const isEntity = ({ ids }: Cluster) => known.get(ids[0]!)!.kind === 'entity';
  const people = clusters.filter((cluster) => !isEntity(cluster));
  rowsFrom(parents, 0, people);
  // Grandparents stand right above the parents, however short their own line is.
  for (const cluster of people.toSorted((a, b) => b.row - a.row)) {
    const children = parents
      .filter(({ from }) => clusterOf.get(from) === cluster)
      .map(({ to }) => clusterOf.get(to)!.row);
    if (children.length > 0 && !parents.some(({ to }) => clusterOf.get(to) === cluster))
      cluster.row = Math.max(cluster.row, Math.min(...children) - 1);
  }
  const first = Math.max(-1, ...people.map(({ row }) => row)) + 1;
  rowsFrom(stakes, first, clusters.filter(isEntity));
}

/** Each row in the order in which one comes to it from its parents: lines of descent do not cross. */
function rowsOf(
  clusters: readonly Cluster[],
  clusterOf: ReadonlyMap<string, Cluster>,
  parents: readonly ChartLink[],
): Cluster[][] {
  const rows: Cluster[][] = [];
  const seen = new Set<Cluster>();
  const visit = (cluster: Cluster) => {
    if (seen.has(cluster)) return;
    seen.add(cluster);
    rows[cluster.row] ??= [];
    rows[cluster.row]!.push(cluster);
    for (const id of cluster.ids) for (const link of parents) if (link.from === id) visit(clusterOf.get(link.to)!);
  };
  for (const cluster of clusters.toSorted((a, b) => a.row - b.row)) visit(cluster);
  return rows.filter((row) => row !== undefined);
}

/** Puts the clusters of a row below, or above, what they are related to, as far as there is room. */
function place(row: readonly Cluster[], related: (cluster: Cluster) => string[], middle: (id: string) => number): void {
  let free = Number.NEGATIVE_INFINITY;
  for (const cluster of row) {
    const near = related(cluster).map(middle);
    const wanted =
      near.length > 0 ? near.reduce((sum, x) => sum + x, 0) / near.length - widthOf(cluster) / 2 : cluster.x;
    cluster.x = Math.max(wanted, free);
    free = cluster.x + widthOf(cluster) + gap;
  }
}

/** Who has both partners of a marriage as parents comes from that marriage, others from one parent. */
function descentsOf(parents: readonly ChartLink[], marriages: readonly Marriage[]): Chart['descents'] {
  return [...Map.groupBy(parents, ({ to }) => to)].flatMap(([child, links]) => {
    const of = links.map(({ from }) => from);
    const marriage = marriages.find(({ partners }) => partners.every((partner) => of.includes(partner)));
    const alone = of.filter((parent) => !marriage?.partners.includes(parent));
    return [...(marriage ? [marriage] : []), ...alone].map((from) => ({ from, to: child }));
  });
}

/** Entities that own each other in a circle, each circle once, by their ids. */
export function circlesOf(links: readonly ChartLink[]): string[][] {
  const owned = Map.groupBy(
    links.filter(({ kind, over }) => kind === 'owner' && !over),
    ({ from }) => from,
  );
  const circles = new Map<string, string[]>();
  const closed = new Set<string>();
  const walk = (id: string, path: readonly string[]) => {
    const start = path.indexOf(id);
    if (start >= 0) {
      const circle = path.slice(start);
      circles.set(circle.toSorted().join(), circle);
      return;
    }
    if (closed.has(id)) return;
    for (const { to } of owned.get(id) ?? []) walk(to, [...path, id]);
    closed.add(id);
  };
  for (const id of owned.keys()) walk(id, []);
  return [...circles.values()];
}
