/**
 * Text from models and labelers as Markdown. It is safe by how it is made: only the kinds of node named here become
 * elements, HTML is shown as the text that it is, images are named and not fetched (they would tell that somebody
 * reads), and a link leads to the web or to a mail address, and takes nothing along. Maths is loaded when it is met.
 */
import type { Definition, List, ListItem, Nodes, Parents, Root, Table } from 'mdast';
import { Fragment, memo, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './Markdown.module.css';
import type * as MathModuleType from './markdownMath';
import { parseMarkdown } from './markdownTree';

type MathModule = typeof MathModuleType;
let mathModule: MathModule | null = null;

export const Markdown = memo(function Markdown({ text }: { text: string }): ReactNode {
  const wanted = text.includes('$$');
  const [math, setMath] = useState<MathModule | null>(mathModule);
  useEffect(() => {
    if (!wanted || math) return;
    void import('./markdownMath').then((module) => {
      mathModule = module;
      setMath(module);
    });
  }, [wanted, math]);
  const content = useMemo(() => contentOf(text, math), [text, math]);
  return (
    <div className={classes.text} dir="auto">
      {content}
    </div>
  );
});

/** What was made of the texts read last. A labeler goes back and forth between the same few; parsing one takes long. */
const kept = new Map<string, ReactNode>();
const KEPT = 40;

function contentOf(text: string, math: MathModule | null): ReactNode {
  const needsMath = text.includes('$$');
  const known = kept.get(text);
  if (known !== undefined) return known;
  const root = parseMarkdown(text, needsMath && math ? math.mathSyntax : null);
  const content = new Rendering(root, math).children(root);
  if (!needsMath || math) {
    kept.set(text, content);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(oldest);
    }
  }
  return content;
}

/** Makes a text that will be read soon, so that it is there at once then. */
export function readMarkdownAhead(text: string): void {
  contentOf(text, mathModule);
}

/** One text on its way from the tree to elements: it knows the text's link definitions, which may stand anywhere. */
class Rendering {
  private readonly definitions = new Map<string, Definition>();

  constructor(
    root: Root,
    private readonly math: MathModule | null,
  ) {
    this.collect(root);
  }

  private collect(node: Nodes): void {
    if (node.type === 'definition' && !this.definitions.has(node.identifier)) this.definitions.set(node.identifier, node);
    if ('children' in node) for (const child of node.children) this.collect(child);
  }

  children(node: Parents): ReactNode[] {
    return (node.children as Nodes[]).map((child, index) => <Fragment key={index}>{this.node(child)}</Fragment>);
  }

  private node(node: Nodes): ReactNode {
    switch (node.type) {
      case 'text':
      case 'html':
        return node.value;
      case 'paragraph':
        return <p>{this.children(node)}</p>;
      // Headings in a text are not headings of the page.
      case 'heading':
        return (
          <p className={classes[`h${Math.min(node.depth, 3)}`]} data-heading={node.depth}>
            {this.children(node)}
          </p>
        );
      case 'emphasis':
        return <em>{this.children(node)}</em>;
      case 'strong':
        return <strong>{this.children(node)}</strong>;
      case 'delete':
        return <del>{this.children(node)}</del>;
      case 'inlineCode':
        return <code>{node.value}</code>;
      case 'code':
        return <Code text={node.value} />;
      case 'break':
        return <br />;
      case 'thematicBreak':
        return <hr />;
      case 'blockquote':
        return <blockquote>{this.children(node)}</blockquote>;
      case 'list':
        return this.list(node);
      case 'table':
        return this.table(node);
      case 'link':
        return link(node.url, this.children(node));
      case 'linkReference': {
        const definition = this.definitions.get(node.identifier);
        return definition ? link(definition.url, this.children(node)) : this.children(node);
      }
      case 'image':
        return image(node.alt || node.url);
      case 'imageReference':
        return image(node.alt || (this.definitions.get(node.identifier)?.url ?? ''));
      case 'math':
      case 'inlineMath':
        return this.math && <Formula math={this.math} text={node.value} display={node.type === 'math'} />;
      default:
        return 'children' in node ? this.children(node) : null;
    }
  }

  private list(list: List): ReactNode {
    const loose = list.spread || list.children.some((item) => item.spread);
    const items = list.children.map((item, index) => <li key={index}>{this.item(item, loose)}</li>);
    return list.ordered ? <ol start={list.start ?? 1}>{items}</ol> : <ul>{items}</ul>;
  }

  /** An item's box, and its content: where the list stands tight, without the space that paragraphs have. */
  private item(item: ListItem, loose: boolean): ReactNode {
    const content = item.children.map((child, index) => (
      <Fragment key={index}>{child.type === 'paragraph' && !loose ? this.children(child) : this.node(child)}</Fragment>
    ));
    if (item.checked === null || item.checked === undefined) return content;
    return (
      <>
        {item.checked ? '☑ ' : '☐ '}
        {content}
      </>
    );
  }

  private table(table: Table): ReactNode {
    const [head, ...body] = table.children;
    const side = (column: number): 'left' | 'right' | 'center' | undefined => table.align?.[column] ?? undefined;
    return (
      <Scrolled>
        <table>
          <thead>
            <tr>
              {head?.children.map((cell, column) =>
                cell.children.length > 0 ? (
                  <th key={column} data-side={side(column)}>
                    {this.children(cell)}
                  </th>
                ) : (
                  <td key={column} />
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {body.map((row, index) => (
              <tr key={index}>
                {row.children.map((cell, column) => (
                  <td key={column} data-side={side(column)}>
                    {this.children(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
    );
  }
}

function link(address: string, children: ReactNode): ReactNode {
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return children;
  return (
    <a href={address} target="_blank" rel="noreferrer noopener nofollow">
      {children}
    </a>
  );
}

function image(name: string): ReactNode {
  return (
    <span className={classes.image}>
      {'🖼 '}
      {name}
    </span>
  );
}

/** A wide table scrolls by itself, also by keys. */
function Scrolled({ children }: { children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes.table} tabIndex={0} role="group" aria-label={t('text.table')}>
      {children}
    </div>
  );
}

function Code({ text }: { text: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <pre tabIndex={0} role="group" aria-label={t('text.code')}>
      <code>{text}</code>
    </pre>
  );
}

function Formula({ math, text, display }: { math: MathModule; text: string; display: boolean }): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (place.current) math.drawMath(text, place.current, display);
  }, [math, text, display]);
  return <span ref={place} className={display ? classes.formula : undefined} />;
}
