// WebKit says `C` where the system names no language, and `Intl` throws at that: also in a library that asks by itself,
// which then stops the page. So the page's language is one that can be used, before anything else is loaded.

import { usable } from './format';

Object.defineProperty(navigator, 'language', { value: usable(navigator.language) });
