from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0005_later_names'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'qu')), fields=['channel_id', 'state', 'purpose'], name='message_queued'),
        ),
    ]
