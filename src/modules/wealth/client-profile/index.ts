import { full } from '../../../kernel/access/rights.ts';
import { partOf } from '../../../kernel/access/table-rule.ts';
import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { clientProfile, disclosures, identityDocument, profilePut } from './contract.ts';
import { listDisclosures, putProfile, readProfile, refuseSecond } from './service.ts';

export { clientProfileTarget } from './import-target.ts';
export { putProfile } from './service.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    client_profile: true;
  }
}

const ofContact = { table: 'contact', column: 'contact_id' };

export const clientProfileType: RecordType = {
  resource: clientProfile,
  rule: partOf('client_profile', 'client_profile', ofContact),
  right: { roles: { manager: full, advisor: full } },
  rules: { beforeCreate: refuseSecond },
};

export const identityDocumentType: RecordType = {
  resource: identityDocument,
  rule: partOf('identity_document', 'client_profile', ofContact),
};

const path = '/api/v1/contacts/{id}/client-profile';
const about = { tag: 'Client profiles', params: idParams } as const;

export const clientProfileRoutes: Route[] = [
  route({
    ...about,
    method: 'GET',
    path,
    summary: 'Read the profile of a client',
    access: { resource: 'client_profile', action: 'read' },
    response: clientProfile.row,
    handler: async (ctx, { params }) => {
      const body = await readProfile(ctx, params.id);
      return { body, version: body.version as number };
    },
  }),
  route({
    ...about,
    method: 'PUT',
    path,
    summary: 'Set the profile of a client; fields that are left out keep their values',
    access: { resource: 'client_profile', action: 'update' },
    heedsIfMatch: true,
    body: profilePut,
    response: clientProfile.row,
    handler: async (ctx, { params, body: input, ifMatch }) => {
      const body = await putProfile(ctx, params.id, input, ifMatch);
      return { body, version: body.version as number };
    },
  }),
  route({
    ...about,
    method: 'GET',
    path: '/api/v1/contacts/{id}/disclosures',
    summary: 'Who saw or exported what of a client',
    access: { resource: 'reveal', action: 'read' },
    response: disclosures,
    handler: async (ctx, { params }) => ({ body: await listDisclosures(ctx, params.id) }),
  }),
];
