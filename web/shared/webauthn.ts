// Passkeys of the browser, with bytes as the server writes them: base64url without padding.

export interface PasskeyAnswer {
  credential_id: string;
  client_data_json: string;
  authenticator_data: string;
  signature: string;
  user_handle?: string;
}

/** Turned away by the person, by time or because there is none: browsers do not tell which. */
export class PasskeyCancelled extends Error {}

export function has_passkeys(): boolean {
  return window.isSecureContext && 'PublicKeyCredential' in window;
}

export function to_base64url(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function from_base64url(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

function ids(credential_ids: string[]): PublicKeyCredentialDescriptor[] {
  return credential_ids.map((id) => ({ type: 'public-key', id: from_base64url(id) }));
}

async function wanted(action: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await action;
    if (credential) return credential as PublicKeyCredential;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
  throw new PasskeyCancelled();
}

/** Of these credentials; of any that the domain has, when there are none. */
export async function use_passkey(
  challenge: string,
  domain?: string,
  credential_ids: string[] = [],
): Promise<PasskeyAnswer> {
  const credential = await wanted(
    navigator.credentials.get({
      publicKey: {
        challenge: from_base64url(challenge),
        ...(domain ? { rpId: domain } : {}),
        allowCredentials: ids(credential_ids),
        userVerification: 'required',
      },
    }),
  );
  const made = credential.response as AuthenticatorAssertionResponse;
  return {
    credential_id: to_base64url(credential.rawId),
    client_data_json: to_base64url(made.clientDataJSON),
    authenticator_data: to_base64url(made.authenticatorData),
    signature: to_base64url(made.signature),
    ...(made.userHandle ? { user_handle: to_base64url(made.userHandle) } : {}),
  };
}

export async function make_passkey(creation: {
  step_up: { passkey: { challenge: string; credential_ids: string[] } };
  domain: string;
  name: string;
  user_id: string;
  user_name: string;
}): Promise<{ client_data_json: string; attestation_object: string }> {
  const { challenge, credential_ids } = creation.step_up.passkey;
  const credential = await wanted(
    navigator.credentials.create({
      publicKey: {
        challenge: from_base64url(challenge),
        rp: { id: creation.domain, name: creation.name },
        user: {
          id: from_base64url(creation.user_id),
          name: creation.user_name,
          displayName: creation.user_name,
        },
        // ES256, EdDSA, RS256: what the server checks.
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: ids(credential_ids),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        attestation: 'none',
      },
    }),
  );
  const made = credential.response as AuthenticatorAttestationResponse;
  return {
    client_data_json: to_base64url(made.clientDataJSON),
    attestation_object: to_base64url(made.attestationObject),
  };
}
