// Where the borrower stands: the answer of GET /v1/me, and what the page remembers beside it.
import { computed, reactive, ref, watch } from 'vue';

import {
  api,
  ask,
  ProblemError,
  type Schemas,
  when_out_of_step,
  when_signed_out,
} from '../shared/api';

export type Me = Schemas['Me'];
export type Consent = Schemas['ConsentState'];

interface Session {
  state: 'starting' | 'signed_out' | 'signed_in';
  me: Me | null;
  ended: boolean;
  demo: boolean;
  sandbox_url: string;
}

export const session = reactive<Session>({
  state: 'starting',
  me: null,
  ended: false,
  demo: false,
  sandbox_url: 'http://localhost:8090/',
});

/** A place beside the path: it hides the step and leads back to it. */
export const place = ref<'' | 'documents'>('');

// What was typed, so that a reload or a lost connection costs nothing. Never the identity number, the
// bank card, a photo or a code.
const DRAFT_KEY = 'mq-draft';
const EMPTY_DRAFT = {
  phone: '',
  challenge_id: '',
  name: '',
  product_id: '',
  amount: '',
  term_months: 0,
  amount_chosen: false,
  monthly_income: '',
  other_monthly_debt: '',
  use_of_funds: '',
};

function stored_draft(): Partial<typeof EMPTY_DRAFT> {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT_KEY) ?? '{}') as Partial<typeof EMPTY_DRAFT>;
  } catch {
    return {};
  }
}

export const draft = reactive({ ...EMPTY_DRAFT, ...stored_draft() });
watch(draft, (now) => sessionStorage.setItem(DRAFT_KEY, JSON.stringify(now)));

export function clear_draft() {
  Object.assign(draft, EMPTY_DRAFT);
}

function signed_out(ended: boolean) {
  session.state = 'signed_out';
  session.me = null;
  session.ended = ended;
  place.value = '';
}
when_signed_out(() => signed_out(session.state === 'signed_in'));

when_out_of_step(() => {
  // The problem itself is shown by whoever asked; if only the refresh fails, nothing is lost.
  refresh().catch(() => {});
});

/** Asks the server where the borrower stands; the screen follows. */
export async function refresh(): Promise<void> {
  const me = await ask(api.GET('/v1/me'));
  session.me = me;
  session.demo = me.demo;
  session.state = 'signed_in';
  session.ended = false;
}

/** The first look, before it is known whether anybody is signed in. */
export async function start(): Promise<void> {
  const health = await ask(api.GET('/healthz'));
  session.demo = health.demo ?? false;
  if (health.sandbox_url) session.sandbox_url = health.sandbox_url;
  try {
    await refresh();
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.status !== 401) throw error;
    signed_out(false);
  }
}

export async function sign_out(): Promise<void> {
  await ask(api.DELETE('/v1/auth/sessions/current'));
  clear_draft();
  signed_out(false);
}

export function consent_for(purpose: Consent['purpose']): Consent | undefined {
  return session.me?.consents.find((consent) => consent.purpose === purpose);
}

/** A recorded answer "no": asked once, not again and again. */
export function was_refused(purpose: Consent['purpose']): boolean {
  const consent = consent_for(purpose);
  return consent !== undefined && consent.at !== null && !consent.given;
}

const PHASES = ['signin', 'consent', 'verify', 'apply', 'sign', 'loan'] as const;
type Phase = (typeof PHASES)[number];

const PHASE_OF: Record<Me['next'], Phase> = {
  terms: 'consent',
  face_consent: 'consent',
  authority_consent: 'consent',
  verify: 'verify',
  apply: 'apply',
  decide_pending: 'apply',
  confirm_costs: 'sign',
  sign: 'sign',
  payout_pending: 'loan',
  repay: 'loan',
  done: 'loan',
};

export const phases = PHASES;
export const phase = computed<Phase>(() => (session.me ? PHASE_OF[session.me.next] : 'signin'));
