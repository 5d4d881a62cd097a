/**
 * Text from models and labelers as Markdown: sanitized, with no HTML of its own, no images (they would be fetched from
 * elsewhere, and tell that somebody reads) and links that leave nothing behind. Maths between $$ signs is loaded when met.
 */
import { memo, useEffect, useState, type ReactNode } from 'react';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import classes from './Markdown.module.css';

type Plugins = Pick<Options, 'remarkPlugins' | 'rehypePlugins'>;

const schema = {
  ...defaultSchema,
  attributes: {
    ...defaultSchema.attributes,
    // The marks that remark-math leaves for KaTeX, which runs after the sanitizer and makes MathML only.
    code: [...(defaultSchema.attributes?.code ?? []), ['className', /^language-./, 'math-inline', 'math-display']],
  },
} as Parameters<typeof rehypeSanitize>[0];

const plain: Plugins = { remarkPlugins: [remarkGfm], rehypePlugins: [[rehypeSanitize, schema]] };
let withMath: Plugins | null = null;

async function loadMath(): Promise<Plugins> {
  const [{ default: remarkMath }, { default: rehypeKatex }] = await Promise.all([
    import('remark-math'),
    import('rehype-katex'),
  ]);
  withMath = {
    // A single dollar is a price more often than a formula.
    remarkPlugins: [remarkGfm, [remarkMath, { singleDollarTextMath: false }]],
    rehypePlugins: [[rehypeSanitize, schema], [rehypeKatex, { output: 'mathml', throwOnError: false, strict: false }]],
  };
  return withMath;
}

const components: Components = {
  a: ({ children, href }) => (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow">
      {children}
    </a>
  ),
  img: ({ alt, src }) => (
    <span className={classes.image}>
      {'🖼 '}
      {alt || (typeof src === 'string' ? src : '')}
    </span>
  ),
  // A wide table scrolls by itself, also by keys.
  table: ({ children }) => (
    <div className={classes.table} tabIndex={0} role="region">
      <table>{children}</table>
    </div>
  ),
  // Headings in a text are not headings of the page.
  h1: ({ children }) => <p className={classes.h1}>{children}</p>,
  h2: ({ children }) => <p className={classes.h2}>{children}</p>,
  h3: ({ children }) => <p className={classes.h3}>{children}</p>,
  h4: ({ children }) => <p className={classes.h3}>{children}</p>,
  h5: ({ children }) => <p className={classes.h3}>{children}</p>,
  h6: ({ children }) => <p className={classes.h3}>{children}</p>,
};

export const Markdown = memo(function Markdown({ text }: { text: string }): ReactNode {
  const wanted = text.includes('$$');
  const [math, setMath] = useState<Plugins | null>(withMath);
  useEffect(() => {
    if (wanted && !math) void loadMath().then(setMath);
  }, [wanted, math]);
  const plugins = wanted && math ? math : plain;
  return (
    <div className={classes.text} dir="auto">
      <ReactMarkdown {...plugins} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
