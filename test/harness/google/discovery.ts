/**
 * What Google's discovery documents say of the methods that are used here: they are in the wheel of
 * google-api-python-client (googleapiclient/discovery_cache/documents: gmail.v1.json and calendar.v3.json). `facts.json` has
 * names alone, and was made from them by `readFacts`.
 */
export interface MethodFacts {
  id: string;
  method: string;
  path: string;
  parameters: string[];
  request: string | null;
  response: string | null;
}
/** Of each schema its fields: the name of another schema, or null for a plain value. */
export type SchemaFacts = Record<string, string | null>;
export interface Facts {
  source: string;
  revisions: Record<string, string>;
  methods: MethodFacts[];
  schemas: Record<string, SchemaFacts>;
}

export const used_methods = [
  'gmail.users.getProfile',
  'gmail.users.labels.list',
  'gmail.users.history.list',
  'gmail.users.messages.list',
  'gmail.users.messages.get',
  'gmail.users.messages.batchModify',
  'gmail.users.messages.send',
  'gmail.users.settings.sendAs.list',
  'calendar.calendarList.get',
  'calendar.calendarList.list',
  'calendar.events.delete',
  'calendar.events.get',
  'calendar.events.insert',
  'calendar.events.instances',
  'calendar.events.list',
  'calendar.events.patch',
];
/** Parameters of every method that are used. */
const used_everywhere = ['fields'];

interface Property {
  $ref?: string;
  type?: string;
  properties?: Record<string, Property>;
  items?: Property;
  additionalProperties?: Property;
}
interface Method {
  id: string;
  httpMethod: string;
  path: string;
  flatPath?: string;
  parameters?: Record<string, unknown>;
  request?: Property;
  response?: Property;
  mediaUpload?: { protocols: { simple: { path: string } } };
}
interface Resource {
  methods?: Record<string, Method>;
  resources?: Record<string, Resource>;
}
export interface DiscoveryDocument extends Resource {
  revision: string;
  servicePath: string;
  parameters?: Record<string, unknown>;
  schemas: Record<string, Property>;
}

const methodsIn = ({ methods = {}, resources = {} }: Resource): Method[] => [
  ...Object.values(methods),
  ...Object.values(resources).flatMap(methodsIn),
];

/** What the documents, by their names, say of what is used. */
export function readFacts(documents: Record<string, DiscoveryDocument>): Omit<Facts, 'source'> {
  const methods: MethodFacts[] = [];
  const schemas: Facts['schemas'] = {};
  for (const [name, document] of Object.entries(documents)) {
    const take = (named: string, property: Property | undefined): void => {
      if (!property || schemas[named]) return;
      const fields: SchemaFacts = {};
      schemas[named] = fields;
      for (const [field, of] of Object.entries(property.properties ?? {})) {
        const inner = of.items ?? of;
        const ref = inner.$ref ? `${name}.${inner.$ref}` : inner.properties ? `${named}.${field}` : null;
        fields[field] = ref;
        if (ref) take(ref, inner.$ref ? document.schemas[inner.$ref] : inner);
      }
    };
    const schemaOf = (of: Property | undefined): string | null => {
      if (!of?.$ref) return null;
      take(`${name}.${of.$ref}`, document.schemas[of.$ref]);
      return `${name}.${of.$ref}`;
    };
    for (const method of methodsIn(document).filter(({ id }) => used_methods.includes(id))) {
      const everywhere = used_everywhere.filter((one) => one in (document.parameters ?? {}));
      const parameters = [...Object.keys(method.parameters ?? {}), ...everywhere].sort();
      const of = { id: method.id, method: method.httpMethod, parameters };
      const [request, response] = [schemaOf(method.request), schemaOf(method.response)];
      methods.push({ ...of, path: `/${document.servicePath}${method.flatPath ?? method.path}`, request, response });
      const upload = method.mediaUpload?.protocols.simple.path;
      if (upload)
        methods.push({ ...of, parameters: [...parameters, 'uploadType'], path: upload, request: null, response });
    }
  }
  methods.sort((a, b) => `${a.id} ${a.path}`.localeCompare(`${b.id} ${b.path}`));
  const revisions = Object.fromEntries(Object.entries(documents).map(([name, { revision }]) => [name, revision]));
  return { revisions, methods, schemas };
}
