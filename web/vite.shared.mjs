// What both sites have in common: one set of feature flags, the client of ../sdk, the output folder.
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import vue from '@vitejs/plugin-vue';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Vant carries its icon font inside the style sheet and names a foreign host as a second source. The
// pages' content policy allows neither, so the font becomes a file of our own.
function font_as_file() {
  return {
    name: 'font-as-file',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
        const css = String(file.source);
        const face = /src:url\("?data:font\/woff2[^,]*,([^")]+)"?\)[^;}]*/;
        const match = face.exec(css);
        if (!match?.[1]) continue;
        const font = Buffer.from(match[1], 'base64');
        const hash = createHash('sha256').update(font).digest('hex').slice(0, 8);
        const name = `icons-${hash}.woff2`;
        this.emitFile({ type: 'asset', fileName: `assets/${name}`, source: font });
        file.source = css.replace(face, `src:url(./${name}) format("woff2")`);
      }
    },
  };
}

/** @returns {import('vite').UserConfig} */
export function site(name, base) {
  return {
    root: here(`./${name}`),
    base,
    plugins: [vue(), font_as_file()],
    resolve: {
      alias: {
        '@mianqian/client': here('../sdk/typescript/index.ts'),
        'openapi-fetch': here('./node_modules/openapi-fetch'),
      },
    },
    define: {
      __VUE_OPTIONS_API__: name === 'console',
      __VUE_PROD_DEVTOOLS__: false,
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
      __VUE_I18N_FULL_INSTALL__: false,
      __VUE_I18N_LEGACY_API__: false,
      __INTLIFY_PROD_DEVTOOLS__: false,
    },
    build: {
      outDir: here(`./dist/${name}`),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1200,
    },
    server: {
      proxy: Object.fromEntries(
        ['/v1', '/healthz'].map((path) => [
          path,
          process.env['MQ_BASE_URL'] ?? 'http://localhost:8080',
        ]),
      ),
    },
  };
}
