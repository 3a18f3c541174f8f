import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from './registry.ts';

const lag_window_ms = 10_000;
/** Each look wakes an idle process: at 20 ms they were most of what it took. */
const lag_resolution_ms = 50;

/** Figures of this process, under the names that Prometheus's clients share. Answers how to stop. */
export function processMetrics(registry: Registry): () => void {
  const started = Date.now() / 1000 - process.uptime();
  registry.gauge('process_start_time_seconds', 'When the process started, in seconds since 1970', () => started);
  registry.gauge('process_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss());
  registry.gauge('nodejs_heap_size_used_bytes', 'Memory that JavaScript uses', () => process.memoryUsage().heapUsed);
  registry.gauge('nodejs_external_memory_bytes', 'Memory of buffers', () => process.memoryUsage().external);
  registry.counter(
    'process_cpu_user_seconds_total',
    'Processor time of the program',
    () => process.cpuUsage().user / 1e6,
  );
  registry.counter(
    'process_cpu_system_seconds_total',
    'Processor time for it in the kernel',
    () => process.cpuUsage().system / 1e6,
  );
  registry.counter(
    'nodejs_eventloop_active_seconds_total',
    'Time in which the event loop had work; its rate is how busy it is, from 0 to 1',
    () => performance.eventLoopUtilization().active / 1000,
  );
  const delay = monitorEventLoopDelay({ resolution: lag_resolution_ms });
  delay.enable();
  let lag = { p99: 0, max: 0 };
  // Windows of the process, not of the scraper: several scrapers would take the largest values from each other.
  const timer = setInterval(() => {
    const late = (ns: number) => Math.max(0, ns / 1e9 - lag_resolution_ms / 1000);
    lag = { p99: late(delay.percentile(99)), max: late(delay.max) };
    delay.reset();
  }, lag_window_ms).unref();
  registry.gauge(
    'nodejs_eventloop_lag_p99_seconds',
    'How late the event loop was in the last 10 s: 99th percentile',
    () => lag.p99,
  );
  registry.gauge(
    'nodejs_eventloop_lag_max_seconds',
    'How late the event loop was in the last 10 s: at most',
    () => lag.max,
  );
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}
