"""Golden features and their gradients by torchaudio 0.13, in float64: /usr/bin/python3 make.py

Rates are even: torchaudio halves an odd one downward, which shifts its frequencies.
"""
import base64, json, os, sys
import numpy as np, torch, torchaudio

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..', 'networks'))
from execute import numbers

# Our option names beside torchaudio's.
cases = {
    'log-mel, the defaults at 8 kHz': dict(
        rate=8000, samples=1600, options=dict(kind='log-mel'),
        mel=dict(n_fft=256, win_length=240, hop_length=80, n_mels=40, f_min=20)),
    'log-mel, Slaney scale and norm, decibels': dict(
        rate=16000, samples=2000,
        options=dict(kind='log-mel', window=0.025, hop=0.01, fftSize=512, bands=32, range=[60, 7600],
                     melScale='slaney', melNorm='slaney', log='decibel'),
        mel=dict(n_fft=512, win_length=400, hop_length=160, n_mels=32, f_min=60, f_max=7600,
                 mel_scale='slaney', norm='slaney'), decibel=True),
    'log-mel, window as long as the transform': dict(
        rate=8000, samples=1501, options=dict(kind='log-mel', window=0.032, hop=0.016, bands=24),
        mel=dict(n_fft=256, win_length=256, hop_length=128, n_mels=24, f_min=20)),
    'log-mel, a window of odd length': dict(
        rate=22050, samples=1300, options=dict(kind='log-mel', window=0.025, hop=0.0125, bands=20),
        mel=dict(n_fft=1024, win_length=551, hop_length=276, n_mels=20, f_min=20)),
    'mfcc, natural logarithm': dict(
        rate=16000, samples=2400,
        options=dict(kind='mfcc', window=0.04, hop=0.02, range=[0, 8000], coefficients=10),
        mel=dict(n_fft=1024, win_length=640, hop_length=320, n_mels=40), mfcc=10),
    'mfcc, decibels, Slaney norm': dict(
        rate=16000, samples=2400,
        options=dict(kind='mfcc', bands=26, range=[0, 8000], melNorm='slaney', log='decibel'),
        mel=dict(n_fft=512, win_length=480, hop_length=160, n_mels=26, norm='slaney'),
        mfcc=13, decibel=True),
}


def transform(case):
    rate, mel = case['rate'], case['mel']
    if 'mfcc' in case:
        return torchaudio.transforms.MFCC(
            rate, n_mfcc=case['mfcc'], log_mels=not case.get('decibel'), melkwargs=mel).double()
    energies = torchaudio.transforms.MelSpectrogram(rate, **mel).double()
    if case.get('decibel'):
        return torch.nn.Sequential(energies, torchaudio.transforms.AmplitudeToDB('power', 80))
    return lambda x: torch.log(energies(x) + 1e-6)


def packed(values):
    return base64.b64encode(values.detach().numpy().astype('<f4').tobytes()).decode()


golden = {}
for name, case in cases.items():
    n = case['samples']
    fade = (1 - np.arange(n) / n) ** 2
    wave = (0.5 * fade * numbers(f'waveform {name}', n)).astype(np.float32)
    x = torch.tensor(wave.astype(np.float64), requires_grad=True)
    # [1, 1, samples]: torchaudio takes the loudest of a batch for that of a recording otherwise.
    y = transform(case)(x[None, None])[0, 0]
    weights = torch.tensor(numbers(f'weights {name}', y.numel()).reshape(y.shape))
    (y * weights).sum().backward()
    golden[name] = dict(rate=case['rate'], samples=n, options=case['options'], shape=list(y.shape),
                        features=packed(y), gradient=packed(x.grad))
with open(os.path.join(here, 'golden.json'), 'w') as file:
    json.dump(golden, file, indent=1)
    file.write('\n')
