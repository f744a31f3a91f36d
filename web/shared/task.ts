// One action of a screen: busy while it runs, its problem kept to be shown, repeatable.
import { onScopeDispose, ref, shallowRef } from 'vue';

import { ProblemError } from './api';

export function use_task<Args extends unknown[], R>(action: (...args: Args) => Promise<R>) {
  const busy = ref(false);
  const problem = shallowRef<ProblemError | null>(null);
  let last: Args | undefined;

  async function run(...args: Args): Promise<R | undefined> {
    if (busy.value) return undefined;
    last = args;
    busy.value = true;
    problem.value = null;
    try {
      return await action(...args);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problem.value = error;
      return undefined;
    } finally {
      busy.value = false;
    }
  }

  async function retry() {
    if (last) await run(...last);
  }

  return { busy, problem, run, retry };
}

export type Task<Args extends unknown[]> = ReturnType<typeof use_task<Args, unknown>>;

/**
 * Calls `look` again and again until it says true or the screen closes. A problem is shown and ends the
 * polling; `start` resumes it. An interval may depend on how often it has looked since `start` or
 * `rewind`.
 */
export function use_poll(
  look: () => Promise<boolean>,
  interval_ms: number | ((round: number) => number),
) {
  const problem = shallowRef<ProblemError | null>(null);
  let round = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  async function step() {
    try {
      if ((await look()) || closed) return;
      round += 1;
      timer = setTimeout(
        step,
        typeof interval_ms === 'number' ? interval_ms : interval_ms(round),
      );
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problem.value = error;
    }
  }

  function start() {
    clearTimeout(timer);
    problem.value = null;
    round = 0;
    void step();
  }

  onScopeDispose(() => {
    closed = true;
    clearTimeout(timer);
  });
  return { problem, start, rewind: () => (round = 0) };
}

/** Counts down to zero, a second a step. */
export function use_countdown() {
  const left = ref(0);
  let timer: ReturnType<typeof setInterval> | undefined;
  function start(seconds: number) {
    clearInterval(timer);
    left.value = Math.max(0, Math.ceil(seconds));
    timer = setInterval(() => {
      left.value -= 1;
      if (left.value <= 0) clearInterval(timer);
    }, 1000);
  }
  onScopeDispose(() => clearInterval(timer));
  return { left, start };
}
