import { leavesMachine } from '../../loopback.ts';

export const mongo_url_form =
  'must look like mongodb+srv://user:password@cluster.example.com/holdfast or mongodb://127.0.0.1:27017/holdfast';

export interface MongoAddress {
  hosts: string[];
  /** Hosts, with their port where one is given. */
  servers: string[];
  database: string;
  secure: boolean;
}

/** `mongodb:` takes several hosts, which `URL` does not understand. Undefined when it is no such address. */
export function parseMongoUrl(text: string): MongoAddress | undefined {
  const parts = /^(mongodb(?:\+srv)?):\/\/(?:[^@/?#\s]*@)?([^@/?#\s]+)(?:\/([^?#\s]*))?(?:\?([^#\s]*))?$/.exec(text);
  if (!parts) return undefined;
  const [, scheme, hostList, path, query] = parts;
  const servers = hostList!.split(',');
  const hosts = servers.map((server) => server.replace(/:\d{1,5}$/, ''));
  if (hosts.some((host) => host === '')) return undefined;
  const options = new Map(
    [...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value.toLowerCase()]),
  );
  const tls = options.get('tls') ?? options.get('ssl');
  const secure = scheme === 'mongodb+srv' ? tls !== 'false' : tls === 'true';
  let database: string;
  try {
    database = decodeURIComponent(path ?? '') || 'holdfast';
  } catch {
    return undefined;
  }
  // What a name of a database may not contain.
  if (/[/\\. "$*<>:|?\0]/.test(database) || database.length > 60) return undefined;
  return { hosts, servers, database, secure };
}

/** The hosts to which data would go unencrypted over a network. */
export const openHosts = ({ hosts, secure }: MongoAddress): string[] =>
  secure ? [] : hosts.filter((host) => leavesMachine(host));
