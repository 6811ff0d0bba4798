import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskJson, maskText } from './mask'

describe('maskText', () => {
  it.each([
    // Assignments of shells.
    ['export HF_TOKEN=abc123 && python train.py', 'export HF_TOKEN=*** && python train.py'],
    ['export X_KEY=abc; ls', 'export X_KEY=***; ls'],
    ["A_SECRET='a b c' ./run --lr 0.1", 'A_SECRET=*** ./run --lr 0.1'],
    ['PGPASSWORD="a \\" b"c psql', 'PGPASSWORD=*** psql'],
    ['PASSWORD=ab"c d"\'e f\'g next', 'PASSWORD=*** next'],
    ['DB_PASS=a\\ b next', 'DB_PASS=*** next'],
    ['TOKEN="never closed and more', 'TOKEN=***'],
    ['TOKEN+=abc', 'TOKEN+=***'],
    ['set -x HF_TOKEN abc; echo', 'set -x HF_TOKEN ***; echo'],
    ['setenv HF_TOKEN abc', 'setenv HF_TOKEN ***'],
    [
      'env -u X WANDB_API_KEY=0123456789abcdef0123456789abcdef01234567 python a.py',
      'env -u X WANDB_API_KEY=*** python a.py',
    ],
    // Inside of quotes.
    [
      'bash -c "export A_TOKEN=abc def" && echo "x"',
      'bash -c "export A_TOKEN=*** def" && echo "x"',
    ],
    ['bash -c "A_TOKEN=\'a b\' run" "c d"', 'bash -c "A_TOKEN=*** run" "c d"'],
    ['bash -c "A_TOKEN=\\"a b\\" run" "c d"', 'bash -c "A_TOKEN=*** run" "c d"'],
    ["docker run -e 'A_TOKEN=a;b&c' -it x", "docker run -e 'A_TOKEN=***' -it x"],
    ["sh -c 'PASSWORD='abc' go'", "sh -c 'PASSWORD=*** go'"],
    // Options.
    ['tool --api-key abc --lr 1', 'tool --api-key *** --lr 1'],
    ['tool --password=abc run', 'tool --password=*** run'],
    ["tool --password 'a b' run", 'tool --password *** run'],
    ['tool --password \\\n  abc run', 'tool --password \\\n  *** run'],
    [
      'docker login --password-stdin --username bob',
      'docker login --password-stdin --username bob',
    ],
    ['docker login -u bob -p abc registry', 'docker login -u bob -p *** registry'],
    ['sshpass -pabc ssh host', 'sshpass -p*** ssh host'],
    ['curl -u bob:abc https://host/', 'curl -u bob:*** https://host/'],
    ['wandb login --relogin 0123456789abcdef0123456789abcdef01234567', 'wandb login --relogin ***'],
    // Headers and JSON.
    [
      'curl -H "Authorization: Bearer abc.def" -H "Accept: text/plain" https://host',
      'curl -H "Authorization: Bearer ***" -H "Accept: text/plain" https://host',
    ],
    ["curl -H 'X-API-Key: abc' x", "curl -H 'X-API-Key: ***' x"],
    ['curl -H "Cookie: a=b; c=d" x', 'curl -H "Cookie: ***" x'],
    ['curl -d \'{"password": "a b", "n": 1}\' x', 'curl -d \'{"password": ***, "n": 1}\' x'],
    ['curl -d "{\\"token\\": \\"a b\\", \\"n\\": 1}"', 'curl -d "{\\"token\\": ***, \\"n\\": 1}"'],
    ['os.environ["HF_TOKEN"] = "a b"; go()', 'os.environ["HF_TOKEN"] = ***; go()'],
    ['https://host/?token=abc&n=1', 'https://host/?token=***&n=1'],
    ['git clone https://bob:abc@host/r.git', 'git clone https://bob:***@host/r.git'],
    ['redis://:abc@host:6379/0', 'redis://:***@host:6379/0'],
    // By their own form.
    ['echo hf_AbCdEfGhIjKl', 'echo ***'],
    ['echo -e "a\\nhf_AbCdEfGhIjKl"', 'echo -e "a\\n***"'],
    ['x sk-proj-abcdefgh12345 y', 'x *** y'],
    ['x ghp_abcdefgh12345 github_pat_11ABCDEFG0_abc y', 'x *** *** y'],
    ['x AKIAIOSFODNN7EXAMPLE y', 'x *** y'],
    ['x xoxb-123456-abcdef y', 'x *** y'],
    ['x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_def-1 y', 'x *** y'],
    [
      'echo "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\ndef\n-----END OPENSSH PRIVATE KEY-----" > k',
      'echo "***" > k',
    ],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc and no end', '***'],
  ])('%j', (text, masked) => {
    expect(maskText(text)).toBe(masked)
  })

  it.each([
    'python train.py --tokenizer gpt2 --max_tokens 512 --lr=1e-4 --keyboard us',
    'cd $PWD && OLDPWD=/x git checkout 0123456789abcdef0123456789abcdef01234567',
    "awk -F: '{print $1}' /etc/passwd | sort -k 2 > compass.txt".replace('--key 2,2 ', ''),
    'ssh -i ~/.ssh/id_ed25519 -o IdentitiesOnly=yes bob@host nvidia-smi -L',
    'KEY_FILE=/x/y SSH_KEY_PATH=~/.ssh/k AUTHOR=bob COMPASS=1 env | grep -c KEY',
    'max_tokens=512 num_tokens: 4096 "total_tokens": 1.5',
    'echo "the token is gone; a password was set" # a key point',
    'https://host:8080/path?email=a@b.c',
    'desk-sk-1 task-skip mask-12345678',
  ])('leaves %j as it is', (text) => {
    expect(maskText(text)).toBe(text)
  })

  /** Nothing that a shell or JSON would take for the end of a value, unless it is quoted. */
  const secret = fc
    .stringMatching(/^[A-Za-z0-9+/@:.,!%^~#{}[\]-]{8,40}$/)
    .map((text) => `S3cr${text}`)
  const quoted = secret.chain((text) =>
    fc.constantFrom(
      text,
      `'${text} ${text}'`,
      `"${text} ${text}"`,
      `"${text}\\" ${text}"`,
      `${text.slice(0, 6)}"${text} x"'${text}'`,
    ),
  )
  const name = fc.constantFrom(
    'X_KEY',
    'HF_TOKEN',
    'DB_PASSWORD',
    'clientSecret',
    'my-api-key',
    'P_PASS',
  )
  const around = fc.constantFrom('', 'ls -l; ', 'a=1 b="c d" ', "echo 'x' && ", 'x | y > z; ', '\n')

  it('never shows a value of a secret name, however it is written', () => {
    fc.assert(
      fc.property(around, name, quoted, around, (before, key, value, after) => {
        for (const text of [
          `${before}export ${key}=${value} ${after}`,
          `${before}tool --${key} ${value} ${after}`,
          `${before}tool --${key}=${value} ${after}`,
          `${before}docker run -e ${key}=${value} ${after}`,
        ]) {
          expect(maskText(text)).not.toContain('S3cr')
        }
      }),
    )
  })

  it('never shows it inside of quotes, headers and JSON either', () => {
    fc.assert(
      fc.property(around, name, secret, (before, key, value) => {
        for (const text of [
          `${before}bash -c "${key}=${value} go"`,
          `${before}bash -c '${key}=${value} go'`,
          `${before}bash -c '${key}="${value} ${value}" go'`,
          `${before}bash -c "${key}='${value} ${value}' go"`,
          `${before}curl -H "${key}: ${value}" x`,
          `${before}curl -H 'Authorization: Basic ${value}' x`,
          `${before}curl -d '${JSON.stringify({ [key]: `${value} ${value}`, n: 1 })}' x`,
          `${before}curl -d ${JSON.stringify(JSON.stringify({ [key]: `${value} x` }))} x`,
          `${before}${key}: ${value}`,
        ]) {
          expect(maskText(text)).not.toContain('S3cr')
        }
      }),
    )
  })

  it('is total, and finds nothing more in what it gave', () => {
    const parts = fc.constantFrom(
      ...[
        '"',
        "'",
        '\\',
        '=',
        ':',
        ' ',
        '\n',
        '--token',
        'X_KEY',
        'a',
        '-----BEGIN PRIVATE KEY-----',
      ],
      ...['://a:b@c', 'eyJ', 'login -p ', 'Bearer ', 'cookie: ', 'hf_12345678'],
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), fc.string(), (list, end) => {
        const text = list.join('') + end
        const masked = maskText(text)
        expect(maskText(masked).length).toBeLessThanOrEqual(masked.length + 3)
      }),
    )
  })

  it.each([
    'eyJ-',
    '-----BEGIN PRIVATE KEY',
    '-----BEGIN PRIVATE KEY-----',
    'login ',
    'login -p ',
    'TOKEN=',
    'TOKEN="',
    "TOKEN='",
    'TOKEN=\\',
    '"TOKEN\\": \\"',
    '://a:',
    'Bearer ',
    'wandb login --a ',
    '-u a',
    'a',
    '-',
    ' ',
    '\\',
    'set -x TOKEN ',
    'token-',
    'cookie:',
  ])('reads a megabyte of %j at once', (part) => {
    const text = `${part.repeat(Math.ceil(1_000_000 / part.length))}!`
    const before = performance.now()
    maskText(text)
    expect(performance.now() - before).toBeLessThan(5_000)
  })
})

describe('maskJson', () => {
  it('masks by the names of fields and in texts, and keeps the rest', () => {
    expect(
      maskJson({
        command: 'HF_TOKEN=abc python a.py',
        env: { SEED: '1', HF_TOKEN: 'abc' },
        stdin: 'abc',
        passphrase: 'abc',
        password: 12345,
        ssh_key_path: '~/.ssh/id',
        port: 22,
        is_active: true,
        notes: null,
        config: { lr: 0.1, max_tokens: 512, api_key: 'abc', nested: [{ clientSecret: 'abc' }] },
        args: ['--api-key', 'abc', '--lr', '0.1', '--token=abc'],
        credentials: { user: 'abc', host: ['abc'] },
        sk_abc: { 'sk-abcdefgh1234': 1 },
      }),
    ).toEqual({
      command: 'HF_TOKEN=*** python a.py',
      env: { SEED: '***', HF_TOKEN: '***' },
      stdin: '***',
      passphrase: '***',
      password: '***',
      ssh_key_path: '~/.ssh/id',
      port: 22,
      is_active: true,
      notes: null,
      config: { lr: 0.1, max_tokens: 512, api_key: '***', nested: [{ clientSecret: '***' }] },
      args: ['--api-key', '***', '--lr', '0.1', '--token=***'],
      credentials: { user: '***', host: '***' },
      sk_abc: { '***': 1 },
    })
  })
})
