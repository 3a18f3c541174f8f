import { Link } from '@tanstack/react-router';
import { Landmark } from 'lucide-react';
import { pathOf } from '../../../platform/query/resources.ts';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { relationshipText } from '../words.ts';
import type { FamilyLink, FamilyNode } from './chartOf.ts';
import { type Chart, layoutFamily, type Marriage, node_height, node_width } from './layout.ts';

interface FamilyChartProps {
  nodes: readonly FamilyNode[];
  links: readonly FamilyLink[];
  /** When somebody died, by id. */
  deaths: ReadonlyMap<string, string>;
  /** Entities that own each other in a circle. */
  circular: ReadonlySet<string>;
}

const margin = 12;

/**
 * A family and what it owns as a drawing: lines of it in SVG, people and entities as links on top. It scrolls within
 * itself.
 */
export function FamilyChart({ nodes, links, deaths, circular }: FamilyChartProps) {
  const chart = layoutFamily(nodes, links);
  const named = new Map(nodes.map((node) => [node.id, node]));
  const [width, height] = [chart.width + 2 * margin, chart.height + 2 * margin];
  return (
    <figure className="overflow-x-auto rounded-lg border border-line bg-surface">
      <div className="relative mx-auto" style={{ width, height }}>
        <svg
          aria-hidden="true"
          className="absolute inset-0"
          width={width}
          height={height}
          viewBox={`${-margin} ${-margin} ${width} ${height}`}
          fill="none"
        >
          {chart.descents.map(({ from, to }) => (
            <path
              key={`${keyOf(from)} ${to}`}
              d={descentPath(chart, from, to)}
              className="stroke-line-strong"
              strokeWidth={1.5}
            />
          ))}
          {chart.marriages.map((marriage) => (
            <MarriageLine key={keyOf(marriage)} chart={chart} marriage={marriage} />
          ))}
          {(chart.stakes as FamilyLink[]).map((link) => (
            <Stake
              key={link.row.id}
              chart={chart}
              link={link}
              circular={circular.has(link.from) && circular.has(link.to)}
            />
          ))}
        </svg>
        <ul>
          {[...chart.nodes].map(([id, { x, y }]) => (
            <li
              key={id}
              className="absolute"
              style={{ left: x + margin, top: y + margin, width: node_width, height: node_height }}
            >
              <NodeBox node={named.get(id)!} died={deaths.get(id)} />
            </li>
          ))}
        </ul>
      </div>
    </figure>
  );
}

function NodeBox({ node: { id, kind, name, seen }, died }: { node: FamilyNode; died: string | undefined }) {
  const look = cx(
    'flex size-full items-center justify-center gap-1.5 border px-2 text-center text-13 font-medium',
    kind === 'entity' ? 'rounded-sm border-line-strong bg-sunken' : 'rounded-full border-line-strong bg-raised',
    died && 'text-muted',
  );
  const shown = seen ? name : t('Not visible to you');
  const content = (
    <>
      {kind === 'entity' && <Landmark size={14} aria-hidden="true" className="shrink-0 text-muted" />}
      <span className="line-clamp-2 min-w-0 wrap-anywhere">
        <bdi>{shown}</bdi>
        {died && <span className="text-12 font-normal"> † {died.slice(0, 4)}</span>}
      </span>
    </>
  );
  if (!seen) return <span className={cx(look, 'border-dashed text-faint')}>{content}</span>;
  const to: string = `${pathOf(kind === 'person' ? 'contact' : 'legal_entity')}/${id}`;
  return (
    <Link to={to} title={shown} className={cx(look, 'hover:bg-hover')}>
      {content}
    </Link>
  );
}

const keyOf = (of: Marriage | string) => (typeof of === 'string' ? of : of.partners.join());

function MarriageLine({ chart, marriage }: { chart: Chart; marriage: Marriage }) {
  const ends = marriage.partners.map((id) => chart.nodes.get(id)!);
  const dash = marriage.over ? '4 3' : undefined;
  return (
    <g className="stroke-accent" strokeWidth={1.5}>
      {ends.map(({ x, y }, index) => {
        // Two marriages of one person leave from two places.
        const start = x + node_width / 2 + Math.sign(marriage.x - (x + node_width / 2)) * 24;
        return (
          <path
            key={marriage.partners[index]}
            strokeDasharray={dash}
            d={`M ${start} ${y + node_height} V ${marriage.y} H ${marriage.x}`}
          />
        );
      })}
      <circle cx={marriage.x} cy={marriage.y} r={4} className={marriage.over ? 'fill-surface' : 'fill-accent'} />
    </g>
  );
}

function descentPath({ nodes }: Chart, from: Marriage | string, to: string): string {
  const child = nodes.get(to)!;
  const parent = typeof from === 'string' ? nodes.get(from)! : undefined;
  const [x, y] = parent
    ? [parent.x + node_width / 2, parent.y + node_height]
    : [(from as Marriage).x, (from as Marriage).y];
  const turn = child.y - 22;
  return `M ${x} ${y} V ${turn} H ${child.x + node_width / 2} V ${child.y}`;
}

/** From whoever has a part in an entity to that entity; what the part is stands at its end. */
function Stake({ chart, link, circular }: { chart: Chart; link: FamilyLink; circular: boolean }) {
  const [from, to] = [chart.nodes.get(link.from)!, chart.nodes.get(link.to)!];
  const into = chart.stakes.filter((each) => each.to === link.to);
  const place = (into.indexOf(link) + 1) / (into.length + 1);
  const end = { x: to.x + node_width * place, y: to.y };
  const up = to.y <= from.y;
  const start = { x: from.x + node_width / 2, y: up ? from.y : from.y + node_height };
  const bend = up ? -40 : Math.max(24, (end.y - start.y) / 2);
  const aside = chart.detours.get(link);
  const path =
    aside === undefined
      ? `C ${start.x} ${start.y + bend} ${end.x} ${end.y - Math.abs(bend)} ${end.x} ${end.y}`
      : `C ${start.x} ${start.y + 40} ${aside} ${start.y + 30} ${aside} ${start.y + 70} V ${end.y - 70} C ${aside} ${end.y - 30} ${end.x} ${end.y - 40} ${end.x} ${end.y}`;
  const { share_numerator, share_denominator, kind } = link.row;
  const label = share_numerator ? `${share_numerator}/${share_denominator}` : relationshipText(kind);
  return (
    <g>
      <path
        d={`M ${start.x} ${start.y} ${path}`}
        className={circular ? 'stroke-bad' : 'stroke-control'}
        strokeWidth={1.25}
        strokeDasharray={kind === 'owner' ? undefined : '2 3'}
      />
      <text
        x={end.x}
        y={end.y - 6 - (into.indexOf(link) % 3) * 13}
        textAnchor="middle"
        className="fill-ink stroke-surface text-12"
        strokeWidth={4}
        paintOrder="stroke"
      >
        {label}
      </text>
    </g>
  );
}
