#!/bin/sh
# Files real programs wrote, for the readers of src/data: sox (WAV), numpy (npy, npz), Pillow (images).
# Run in this folder: sh make.sh
set -e
mkdir -p wav numpy images
base='synth 0.05 sine 300-2500 vol 0.6'
sox -D -R -n -r 8000 -c 1 -b 16 wav/pcm16.wav $base
sox -D -R -n -r 8000 -c 1 -b 8 -e unsigned wav/pcm8.wav $base
sox -D -R -n -r 8000 -c 1 -b 24 wav/pcm24-extensible.wav $base
sox -D -R -n -r 8000 -c 1 -b 32 -e signed wav/pcm32-extensible.wav $base
sox -D -R -n -r 8000 -c 1 -b 32 -e float wav/float32.wav $base
sox -D -R -n -r 8000 -c 1 -b 64 -e float wav/float64.wav $base
sox -D -R -n -r 8000 -c 1 -e a-law wav/a-law.wav $base
sox -D -R -n -r 8000 -c 1 -e mu-law wav/mu-law.wav $base
sox -D -R -n -r 8000 -c 1 -e ms-adpcm wav/refused-adpcm.wav $base
sox -D -R -n -r 8000 -c 2 -b 16 wav/stereo.wav synth 0.05 sine 300 sine 700 vol 0.6
sox -D -R -n -r 8000 -c 1 -b 16 -t wav - $base > wav/piped.wav
sox -D -R wav/pcm16.wav wav/refused.flac
for file in wav/[!r]*.wav; do sox -D "$file" -t f64 -c 1 "${file%.wav}.f64"; done
sox -D wav/stereo.wav -t f64 wav/stereo-both.f64
# resampling: band-limited noise, so that two good filters agree
sox -D -R -n -r 16000 -c 1 -e float -b 32 wav/band.wav synth 0.25 pinknoise lowpass 2000 lowpass 2000 lowpass 2000 vol 0.5
sox -D -R wav/band.wav -t f32 wav/band-8000.f32 rate -v 8000
sox -D -R wav/band.wav -t f32 wav/band-22050.f32 rate -v 22050
rm wav/band.f64 2>/dev/null || true
/usr/bin/python3 make.py
