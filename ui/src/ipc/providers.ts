import type { Input } from '../bindings/Input';
import type { Provider } from '../bindings/Provider';

function provider(id: string, name: string, base_url: string, some: Partial<Provider> = {}): Provider {
  return {
    id,
    name,
    base_url,
    keys_url: `https://${id}.example/keys`,
    top_up_url: `https://${id}.example/billing`,
    docs_url: `https://${id}.example/docs`,
    key_help: null,
    note: null,
    key_env: [],
    inputs: [],
    origin: 'built_in',
    replaces_built_in: false,
    min_interval_seconds: 60,
    ...some,
  };
}

const input = (some: Partial<Input> & Pick<Input, 'id' | 'label'>): Input => ({
  help: null,
  required: false,
  secret: false,
  kind: 'text',
  default: null,
  choices: [],
  ...some,
});

/** A made-up catalogue for the browser and the tests. */
export const providers: Provider[] = [
  provider('babysea', 'BabySea', 'https://api.us.babysea.ai/v1', {
    key_help: 'A key with the scope account:read shows the exact balance.',
    key_env: ['BABYSEA_API_KEY'],
    inputs: [
      input({
        id: 'region',
        label: 'Region',
        help: 'Where the account was made. Keys work in their own region only.',
        required: true,
        default: 'us',
        choices: [
          { value: 'us', label: 'United States' },
          { value: 'eu', label: 'Europe' },
          { value: 'jp', label: 'Japan' },
        ],
      }),
    ],
  }),
  provider('openrouter', 'OpenRouter', 'https://openrouter.ai/api/v1', {
    key_help: 'A management key shows the balance; an ordinary key shows its own limit and spend.',
    key_env: ['OPENROUTER_API_KEY'],
    inputs: [
      input({
        id: 'budget',
        label: 'Monthly budget',
        help: 'For a key without a limit: what you mean to spend a month, in USD.',
        kind: 'amount',
      }),
    ],
  }),
  provider('predev', 'pre.dev', 'https://api.pre.dev', {
    note: 'Shows prototype credits. The daily allocation is not in that figure.',
    min_interval_seconds: 300,
  }),
  provider('stability', 'Stability AI', 'https://api.stability.ai/v1', {
    key_env: ['STABILITY_API_KEY'],
    replaces_built_in: true,
    origin: 'user',
    inputs: [
      input({
        id: 'organization',
        label: 'Organization',
        help: 'Starts with org-. Empty: your default one.',
      }),
    ],
  }),
  provider('gateway', 'Company gateway', 'https://gateway.example.com/v1', {
    origin: 'user',
    docs_url: null,
    inputs: [input({ id: 'admin', label: 'Admin token', required: true, secret: true })],
  }),
];
