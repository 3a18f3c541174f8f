import { totalmem } from 'node:os';

const mebibyte = 1024 ** 2;
const shared_buffers_max_mebibytes = 2048;
const shared_buffers_min_mebibytes = 128;

function memoryMebibytes(): number {
  const limit = process.constrainedMemory(); // a container's, 0 or huge where there is none
  const total = totalmem();
  return Math.floor((limit > 0 && limit < total ? limit : total) / mebibyte);
}

/**
 * Settings of the embedded server. They are given on the command line, because they follow the machine rather than the
 * data directory.
 */
export function serverSettings(socketDir: string, overrides: Record<string, string>): string[] {
  const memory = memoryMebibytes();
  const sharedBuffers = Math.min(
    Math.max(Math.floor(memory / 4), shared_buffers_min_mebibytes),
    shared_buffers_max_mebibytes,
  );
  const settings: Record<string, string> = {
    shared_buffers: `${sharedBuffers}MB`,
    effective_cache_size: `${Math.max(Math.floor(memory / 2), sharedBuffers)}MB`,
    maintenance_work_mem: `${Math.min(Math.max(Math.floor(memory / 32), 64), 512)}MB`,
    work_mem: '16MB',
    max_connections: '100',
    max_locks_per_transaction: '256', // every monthly partition of a table takes a lock of its own
    wal_compression: 'on',
    max_wal_size: '4GB',
    // While the backup store cannot be reached the log stays here; rather than fill the disk, the next backup begins
    // anew.
    max_slot_wal_keep_size: '8GB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1',
    // The plans for a table that fills are guesses until it is analysed for the first time: by default up to a minute.
    autovacuum_naptime: '15s',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    track_io_timing: 'on',
    shared_preload_libraries: 'pg_stat_statements',
    cluster_name: 'holdfast',
    // A week of logs, each day replacing its predecessor; terse because details quote people's data.
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgresql-%a.log',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_truncate_on_rotation: 'on',
    log_error_verbosity: 'terse',
    log_line_prefix: '%m [%p] %q%u@%d ',
    ...overrides,
    listen_addresses: '',
    port: '5432', // only the name of the socket's file
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
