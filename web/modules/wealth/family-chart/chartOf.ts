import type { Named } from '../../../platform/record/field.ts';
import type { Entity, Member, Relationship } from '../family/useFamily.ts';
import { isOver } from '../period.ts';
import type { ChartLink, ChartNode } from './layout.ts';

export interface FamilyNode extends ChartNode {
  name: string;
  /** Whether the name leads to its page. */
  seen: boolean;
}
export interface FamilyLink extends ChartLink {
  row: Relationship;
}

/** What else people are of each other, such as a lawyer, stands in the table alone. */
const drawnKinds = ['spouse', 'parent', 'owner', 'trustee', 'grantor', 'primary_beneficiary', 'contingent_beneficiary'];
const ofTheFamily = ['spouse', 'parent'];

/** The people and entities of a household, and what they are of each other, as a chart has them. */
export function chartOf(
  members: readonly Member[],
  entities: readonly Entity[],
  relationships: readonly Relationship[],
): { nodes: FamilyNode[]; links: FamilyLink[] } {
  const nodes = new Map<string, FamilyNode>();
  const add = (kind: ChartNode['kind'], id: string | null, named: Named | null | undefined) => {
    if (id && !nodes.get(id)?.seen) nodes.set(id, { id, kind, name: named?.name ?? '', seen: Boolean(named) });
  };
  for (const member of members) if (!isOver(member)) add('person', member.contact_id, member.contact);
  for (const entity of entities) add('entity', entity.id, entity);
  const links = relationships.flatMap((row): FamilyLink[] => {
    const over = isOver(row);
    // Former spouses and parents belong to the picture, former trustees do not.
    if (!drawnKinds.includes(row.kind) || (over && !ofTheFamily.includes(row.kind))) return [];
    add('person', row.contact_id, row.contact);
    add('entity', row.legal_entity_id, row.legal_entity);
    add('person', row.of_contact_id, row.of_contact);
    add('entity', row.of_entity_id, row.of_entity);
    const from = row.contact_id ?? row.legal_entity_id;
    const to = row.of_contact_id ?? row.of_entity_id;
    // Between people, a chart draws descent and marriage only.
    if (!from || !to || (row.of_contact_id && !ofTheFamily.includes(row.kind))) return [];
    return [{ kind: row.kind, from, to, over, row }];
  });
  return { nodes: [...nodes.values()], links };
}
