// Who is signed in at the console.
import { reactive } from 'vue';

import { api, ask, ProblemError, type Schemas, when_signed_out } from '../shared/api';

export type Permission = Schemas['Staff']['permissions'][number];

export const staff = reactive<{
  known: boolean;
  me: Schemas['Staff'] | null;
  under_way: Schemas['StaffSignIn'] | null; // the password was right, a code comes next
}>({ known: false, me: null, under_way: null });

export function may(permission: Permission): boolean {
  return staff.me?.permissions.includes(permission) ?? false;
}

when_signed_out(() => {
  staff.me = null;
});

export async function refresh_staff(): Promise<void> {
  try {
    staff.me = await ask(api.GET('/v1/console/me'));
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.status !== 401) throw error;
    staff.me = null;
  }
  staff.known = true;
}

export async function begin_sign_in(username: string, password: string): Promise<void> {
  staff.under_way = await ask(api.POST('/v1/console/sign-ins', { body: { username, password } }));
}

export async function accept_invitation(invitation: string, password: string): Promise<void> {
  staff.under_way = await ask(
    api.POST('/v1/console/invitations/acceptance', { body: { invitation, password } }),
  );
  staff.me = null;
}

export async function finish_sign_in(sign_in: string, code: string): Promise<void> {
  await ask(api.POST('/v1/console/sessions', { body: { sign_in, code } }));
  await refresh_staff();
  staff.under_way = null;
}

export async function sign_out(): Promise<void> {
  await ask(api.DELETE('/v1/console/sessions/current'));
  staff.me = null;
}
