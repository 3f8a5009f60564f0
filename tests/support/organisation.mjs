/**
 * An organisation's sign-in for tests: the certified `oidc-provider`, in a process of its own. Whoever asks chooses the subject by
 * signing in as it; the consent page is passed over. Settings come by the environment, the address goes out over IPC.
 */
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const { CLIENT_ID, CLIENT_SECRET, CLIENT_JWK, REDIRECT_URI, ACR } = process.env;
const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${server.address().port}`;

// With a public key the client proves itself by signing; else by a secret.
const proof = CLIENT_JWK
  ? { jwks: { keys: [JSON.parse(CLIENT_JWK)] }, token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'RS512' }
  : { client_secret: CLIENT_SECRET, token_endpoint_auth_method: 'client_secret_post' };
const provider = new Provider(address, {
  clients: [{ client_id: CLIENT_ID, redirect_uris: [REDIRECT_URI], ...proof }],
  enabledJWA: { clientAuthSigningAlgValues: ['RS512'] },
  conformIdTokenClaims: false,
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@organisation.example`, roles: ['administrator'], tid: 'tenant-1', groups: ['everybody', id] }),
  }),
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  cookies: { keys: ['for tests alone'] },
  acrValues: ACR ? ACR.split(' ') : [],
  claims: { openid: ['sub', 'tid', 'groups', 'roles'], acr: null, auth_time: null },
});

server.on('request', (request, response) => {
  const { pathname, searchParams } = new URL(request.url, address);
  if (!pathname.startsWith('/interaction/')) return provider.callback()(request, response);
  (async () => {
    const { prompt, params, grantId, session } = await provider.interactionDetails(request, response);
    if (prompt.name === 'login') {
      const as = searchParams.get('as');
      // The page a person would see; the test answers it by adding the subject.
      if (as === null) return void response.end('sign in');
      return provider.interactionFinished(request, response, {
        login: { accountId: as, ...(ACR && searchParams.has('acr') ? { acr: searchParams.get('acr') } : {}) },
      });
    }
    const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope('openid');
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
  })().catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
process.on('disconnect', () => process.exit());
process.send({ address });
